import { describeError, SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { requireWhole } from "../../sandbox/hold/unfinished.ts";
import { mountImage } from "../../sandbox/image/mount-image.ts";
import { requireManifest } from "../../sandbox/manifest/manifest.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { openHostReader } from "../../sandbox/upgrade/make-beside.ts";
import { type Reverted, revertPaths } from "../../sandbox/upgrade/revert.ts";
import { planNext } from "../../sandbox/upgrade/upgrade-sandbox.ts";
import { print, printJson, withProgress } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import { parseSandboxPath } from "../tree-paths.ts";
import type { Flags, Verb } from "../verb.ts";
import { whileStopped } from "../while-stopped.ts";

export const verb: Verb = {
  name: "revert",
  group: "Follow the host",
  summary: "put the host's version of paths back into a sandbox's root, and keep the sandbox's version beside it",
  places: { "<name>": "sandbox", "<path...>": "file" },
  options: { "--restart": "stop a running sandbox, and start it again afterwards" },
  json: `{ path: string; reverted: boolean; kept: string | null; error: string | null }[]`,
  examples: ["revert web1 /etc/apache2/ports.conf"],
  run: revertInSandbox,
};

type RevertOptions = Flags<"json" | "restart">;

async function revertInSandbox(text: string, pathTexts: readonly string[], options: RevertOptions): Promise<void> {
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
