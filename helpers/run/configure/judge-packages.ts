import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";

export interface FailedPackage {
  readonly name: string;
  /** The exit status of its script; undefined if the container did not report one. */
  readonly status: string | undefined;
}

export interface Judgement {
  readonly done: readonly string[];
  readonly failed: readonly FailedPackage[];
}

/**
 * Judges the container's report, lines of `ok PACKAGE` and `failed STATUS PACKAGE`. Only packages that we asked for
 * count.
 */
export function judgePackages(packages: readonly string[], said: string): Judgement {
  const lines = said.split("\n");
  const isDone = (name: string): boolean => lines.includes(`ok ${name}`);
  const findStatus = (name: string): string | undefined => {
    const words = lines.map((line) => line.split(" "));
    return words.find(
      ([kind, status = "", failed]) => kind === "failed" && failed === name && /^\d+$/.test(status),
    )?.[1];
  };
  return {
    done: packages.filter(isDone),
    failed: packages.filter((name) => !isDone(name)).map((each) => ({ name: each, status: findStatus(each) })),
  };
}

/** Writes a line for each package. */
export const describeFailed = (name: SandboxName, failed: readonly FailedPackage[]): SandboxError =>
  new SandboxError(
    failed
      .map(
        (each) =>
          `${each.name} could not be configured in ${name}: its script ${each.status === undefined ? "did not run to its end" : `ended with status ${each.status}`} (see the lines above). ` +
          "The service starts anyway, and the next start tries again. " +
          "To begin with the host's data instead: sandboxcontainer create --copy",
      )
      .join("\n"),
  );
