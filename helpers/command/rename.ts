import { existsSync, renameSync, rmSync, linkSync, globSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { confFile, stateDirectory } from "../../generator/paths.ts";
import { parseSandboxName, type SandboxName } from "../../generator/sandbox-name.ts";
import { mountImage, unmountImage } from "../image.ts";
import { forgetIdentity } from "../keep/forget-identity.ts";
import { connectSystemd, type Systemd } from "../systemd.ts";
import { requireKnownSandbox } from "./known-sandbox.ts";
import { makeRoot, requireFreeName } from "./make-sandbox.ts";
import { print, printJson, withProgress } from "./output.ts";
import { readOwnConf } from "./replace-conf.ts";
import { requireRoot } from "./require-root.ts";
import { requireStopped } from "./require-stopped.ts";

/** Gives a stopped sandbox another name. Its data, identity, level and ids stay, and whether it is enabled. */
export async function renameSandbox(oldText: string, newText: string, options: { json?: boolean }): Promise<void> {
  const [old, name] = [parseSandboxName(oldText), parseSandboxName(newText)];
  requireRoot();
  requireKnownSandbox(old);
  if (!isCutShort(old, name)) {
    readOwnConf(old);
    requireFreeName(name);
  }
  const systemd = await connectSystemd();
  try {
    await requireStopped(systemd, old);
    await withProgress(`Renaming ${old}`, () => rename(systemd, old, name));
  } finally {
    systemd.close();
  }
  if (options.json === true) printJson({ name, was: old, conf: confFile(name), unit: `sandbox@${name}.service` });
  else print(`Renamed ${old} to ${name}`);
}

/** A renaming that was killed on the way: the conf has the new name already, the root the old one. */
const isCutShort = (old: SandboxName, name: SandboxName): boolean =>
  !existsSync(confFile(old)) &&
  existsSync(stateDirectory(old)) &&
  existsSync(confFile(name)) &&
  !existsSync(stateDirectory(name));

async function rename(systemd: Systemd, old: SandboxName, name: SandboxName): Promise<void> {
  const enabled = (await systemd.readEnablement(`sandbox@${old}.service`)) === "enabled";
  if (enabled) await systemd.enableUnit(`sandbox@${name}.service`);
  await unmountImage(systemd, old);
  moveConf(old, name);
  if (existsSync(stateDirectory(old))) renameSync(stateDirectory(old), stateDirectory(name));
  await systemd.disableUnit(`sandbox@${old}.service`);
  for (const log of globSync(`/var/log/libvirt/lxc/${old}.log*`))
    renameSync(log, log.replace(`${old}.log`, `${name}.log`));
  await systemd.reload();
  for (const step of ["sandbox", "sandbox-root", "sandbox-image"]) await systemd.resetFailed(`${step}@${old}.service`);
  if (!existsSync(stateDirectory(name))) return;
  // What was prepared for a start has the old name in it.
  for (const entry of readdirSync(stateDirectory(name)).filter((each) => each.startsWith("populated-")))
    rmSync(join(stateDirectory(name), entry));
  await mountImage(systemd, name);
  forgetIdentity(name, "name");
  await makeRoot(systemd, name);
}

function moveConf(old: SandboxName, name: SandboxName): void {
  if (!existsSync(confFile(old))) return;
  if (existsSync(`${confFile(old)}.d`)) renameSync(`${confFile(old)}.d`, `${confFile(name)}.d`);
  // A link fails where a rename would replace.
  linkSync(confFile(old), confFile(name));
  rmSync(confFile(old));
}
