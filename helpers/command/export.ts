import { resolve } from "node:path";
import { stateRoot } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { parseSandboxName } from "../../generator/sandbox-name.ts";
import { packSandbox, writeNewFile } from "../archive/pack.ts";
import { mountImage } from "../image.ts";
import { withFrozen } from "../keep/freeze.ts";
import { withStaging } from "../keep/staging.ts";
import { connectSystemd } from "../systemd.ts";
import { requireKnownSandbox } from "./known-sandbox.ts";
import { print, printJson, withProgress } from "./output.ts";
import { readSource } from "./read-source.ts";
import { requireRoot } from "./require-root.ts";
import { orFreeze, requireStopped } from "./require-stopped.ts";

/** Writes a sandbox into an archive that `import` makes it from again: NAME.tar.zst, FILE, or `-` for standard output. */
export async function exportSandbox(
  text: string,
  wanted: string | undefined,
  options: { json?: boolean; running?: boolean },
): Promise<void> {
  const name = parseSandboxName(text);
  requireRoot();
  requireKnownSandbox(name);
  const source = readSource(name);
  const file = wanted === "-" ? undefined : resolve(wanted ?? `${name}.tar.zst`);
  if (file === undefined && process.stdout.isTTY)
    throw new SandboxError("an archive is not written to a terminal", {
      hint: "Redirect it, or name a file",
      status: 2,
    });
  const systemd = await connectSystemd();
  try {
    if (options.running !== true) await requireStopped(systemd, name, orFreeze);
    await mountImage(systemd, name);
    await withProgress(`Exporting ${name}`, () =>
      withStaging(stateRoot, async (staging) => {
        const write = (output: NodeJS.WritableStream): Promise<void> =>
          withFrozen(name, () => packSandbox(name, source, staging, output));
        await (file === undefined ? write(process.stdout) : writeNewFile(file, write));
      }),
    );
  } finally {
    systemd.close();
  }
  if (file === undefined) return;
  if (options.json === true) printJson({ name, file });
  else print(`Exported ${name} to ${file}`);
}
