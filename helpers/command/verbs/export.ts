import { existsSync, lstatSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { stateRoot } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { connectSystemd } from "../../host/systemd/systemd.ts";
import { packSandbox, requireNoFile, writeNewFile } from "../../sandbox/archive/pack.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import { conclude, readOwnUnfinished, readUnfinished, requireWhole, undertake } from "../../sandbox/hold/unfinished.ts";
import { mountImage } from "../../sandbox/image/mount-image.ts";
import { orFreeze, requireRootAtRest, requireStopped } from "../../sandbox/require-stopped.ts";
import { removeAbandoned, withStaging } from "../../sandbox/snapshots/copy-root.ts";
import { withFrozen } from "../../sandbox/snapshots/freeze.ts";
import { besideOf } from "../../sandbox/state.ts";
import { readSource } from "../conf/replace-conf.ts";
import { withoutSecrets } from "../conf/without-secrets.ts";
import { print, printJson, warn, withProgress } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "export",
  group: "Copy and keep",
  summary: "write a sandbox to an archive: NAME.tar.zst, FILE, or `-` for standard output",
  places: { "<name>": "sandbox", "[file]": "file" },
  options: { "-r, --running": "copy a running sandbox too; it is frozen during the copy" },
  json: `{ name: string; file: string }`,
  examples: ["export web1", "export web1 - | ssh other 'cat > web1.tar.zst'"],
  run: exportSandbox,
};

async function exportSandbox(
  text: string,
  wanted: string | undefined,
  options: { json?: boolean; running?: boolean },
): Promise<void> {
  const name = requireSandbox(text);
  const { texts: source, names: secrets } = withoutSecrets(readSource(name));
  const file = wanted === "-" ? undefined : resolve(wanted ?? `${name}.tar.zst`);
  if (file === undefined && process.stdout.isTTY)
    throw new SandboxError("an archive cannot be written to a terminal", {
      hint: "Redirect the output, or name a file",
      status: 2,
    });
  using systemd = await connectSystemd();
  await withHeld(systemd, [name], async () => {
    if (options.running === true) await requireRootAtRest(systemd, name);
    else await requireStopped(systemd, name, orFreeze);
    // An earlier export was killed when everything but this was done.
    if (file !== undefined && wasExported(name, file)) return removeAbandoned(stateRoot);
    requireWhole(name);
    await mountImage(systemd, name);
    await withProgress(`Exporting ${name}`, () =>
      withStaging(stateRoot, async (staging) => {
        const write = (output: NodeJS.WritableStream): Promise<void> =>
          withFrozen(name, () => packSandbox(name, source, staging, output));
        if (file === undefined) await write(process.stdout);
        else await writeArchive(name, file, write);
      }),
    );
  });
  if (secrets.length > 0)
    warn(
      `these credentials are not in the archive: ${secrets.join(", ")}. Where it is imported, write each to /etc/credstore/NAME`,
    );
  if (file === undefined) return;
  await conclude([name], () => {
    if (options.json === true) printJson({ name, file });
    else print(`Exported ${name} to ${file}`);
  });
}

/** Removes the remains of a killed export. Returns true if it was an export like this one and its file is complete. */
function wasExported(name: SandboxName, file: string): boolean {
  const task = readUnfinished(name)?.task;
  if (task?.kind !== "exporting") return false;
  // A complete archive first gets its final name, and then loses the temporary one.
  const isHalf = existsSync(task.beside);
  if (isHalf && inodeOf(task.beside) === inodeOf(task.file)) rmSync(task.file);
  rmSync(task.beside, { force: true });
  return !isHalf && readOwnUnfinished(name)?.kind === "exporting" && existsSync(file);
}

const inodeOf = (path: string): string | undefined => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
};

async function writeArchive(
  name: SandboxName,
  file: string,
  write: (output: NodeJS.WritableStream) => Promise<void>,
): Promise<void> {
  // A file that still exists here was not left by a killed export.
  requireNoFile(file);
  await undertake(name, { kind: "exporting", file, beside: besideOf(file) }, () => writeNewFile(file, write));
}
