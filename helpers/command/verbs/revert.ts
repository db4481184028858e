import { describeError, SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { connectSystemd, type Systemd } from "../../host/systemd.ts";
import { requireWhole } from "../../sandbox/hold/require-whole.ts";
import { mountImage } from "../../sandbox/image/mount-image.ts";
import { requireManifest } from "../../sandbox/manifest/read-manifest.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { openHostReader } from "../../sandbox/upgrade/host-reader.ts";
import { type Reverted, revertPaths } from "../../sandbox/upgrade/revert.ts";
import { planNext } from "../../sandbox/upgrade/upgrade-sandbox.ts";
import { type JsonOption, print, printJson, withProgress } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import { parseSandboxPath } from "../sandbox-path.ts";
import { whileStopped } from "../while-stopped.ts";

export interface RevertOptions extends JsonOption {
  readonly restart?: boolean;
}

/** Puts what the host has, or what create would make, back into a root, and keeps the sandbox's version. */
export async function revertInSandbox(
  text: string,
  pathTexts: readonly string[],
  options: RevertOptions,
): Promise<void> {
  const name = requireSandbox(text);
  const paths = pathTexts.map((path) => parseSandboxPath(name, path));
  using systemd = await connectSystemd();
  let again = "";
  const onRestart = (): void => {
    again = `. systemd starts ${name} again`;
  };
  const { result: outcomes, failure } = await withProgress(
    `Reverting ${paths.join(" ")}`,
    () =>
      whileStopped(systemd, name, { verb: "revert", restart: options.restart, onRestart }, async () => {
        const reverted = await revertHeld(systemd, name, paths);
        return () => Promise.resolve(reverted);
      }),
    () => `The same command again does the rest${again}`,
  );
  if (options.json === true)
    printJson(outcomes.map(({ error, ...each }) => ({ ...each, error: error && describeError(error) })));
  else for (const each of outcomes) if (each.error === null) print(formatOutcome(each));
  const [first, ...more] = [
    ...outcomes.flatMap(({ error }) => error ?? []),
    ...(failure === undefined ? [] : [failure]),
  ];
  if (first !== undefined)
    throw more.length === 0 ? first : new SandboxError([first, ...more].map(describeError).join("\n"));
}

async function revertHeld(systemd: Systemd, name: SandboxName, paths: readonly string[]): Promise<readonly Reverted[]> {
  requireWhole(name);
  await mountImage(systemd, name);
  const { reached, next } = await planNext(name, openHostReader(), "create");
  if (reached.pending !== undefined)
    throw new SandboxError(`an upgrade of ${name} was interrupted`, {
      hint: `Finish it first: sandboxcontainer upgrade ${name}`,
    });
  return revertPaths(name, paths, reached.last ?? requireManifest(name), next.entries);
}

function formatOutcome({ path, reverted, kept }: Reverted): string {
  if (!reverted) return `${printableName(path)} is as the host has it`;
  return `Put ${printableName(path)} back${kept === null ? "" : `. The sandbox's version is in ${printableName(kept)}`}`;
}
