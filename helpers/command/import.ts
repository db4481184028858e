import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { confFile, stateRoot } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { parseSandboxName, type SandboxName } from "../../generator/sandbox-name.ts";
import { unpackSandbox } from "../archive/unpack.ts";
import { withHeld } from "../keep/hold.ts";
import { withStaging } from "../keep/staging.ts";
import { removeUnfinished } from "../keep/unfinished.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { parseState, readAllStates } from "../state.ts";
import { connectSystemd, type Systemd } from "../systemd.ts";
import { writeValues } from "./edit-conf-text.ts";
import { adopt, verifyNewcomer } from "./adopt.ts";
import { requireFreeName } from "./make-sandbox.ts";
import { print, printJson, withProgress } from "./output.ts";
import { requireRoot } from "./require-root.ts";

/** Makes a sandbox from an archive that `export` wrote, under the name it had or another. All or nothing. */
export async function importSandbox(
  path: string,
  wanted: string | undefined,
  options: { readonly publish: readonly string[]; readonly json?: boolean },
): Promise<void> {
  const file = resolve(path);
  const chosen = wanted === undefined ? undefined : parseSandboxName(wanted);
  requireRoot();
  if (chosen !== undefined) requireFreeName(chosen);
  if (!existsSync(file) || !lstatSync(file).isFile()) throw new SandboxError(`${file}: there is no such file`);
  const systemd = await connectSystemd();
  try {
    const name = await withProgress(`Importing ${file}`, () =>
      withStaging(stateRoot, async (folder) => {
        await unpackSandbox(file, folder);
        return settle(systemd, { file, chosen, publish: options.publish, folder });
      }),
    );
    if (options.json === true) printJson({ name, file, conf: confFile(name), unit: `sandbox@${name}.service` });
    else print(`Imported ${name}. Start it with: systemctl start sandbox@${name}`);
    removeUnfinished(name);
  } finally {
    systemd.close();
  }
}

interface Unpacked {
  readonly file: string;
  readonly chosen: SandboxName | undefined;
  readonly publish: readonly string[];
  readonly folder: string;
}

async function settle(systemd: Systemd, { file, chosen, publish, folder }: Unpacked): Promise<SandboxName> {
  const read = (member: string): string => readFileSync(join(folder, member), "utf8");
  const name = chosen ?? parseSandboxName(readName(file, read("sandboxcontainer.json")));
  requireFreeName(name);
  if (parseManifest(read("manifest.json")) === undefined)
    throw new SandboxError(`${file}: its manifest.json is damaged`);
  const replace = (text: string, ports: readonly string[]): string =>
    publish.length === 0 ? text : writeValues(text, "Network", "Publish", ports);
  const text = replace(read("conf"), publish);
  verifyNewcomer(name, text);
  const dropIns = existsSync(join(folder, "conf.d")) ? readdirSync(join(folder, "conf.d")) : [];
  const newcomer = {
    ...{ name, text, folder },
    dropIns: new Map(dropIns.map((each) => [each, replace(read(join("conf.d", each)), [])])),
  };
  keepIdentity(folder);
  for (const member of ["sandboxcontainer.json", "conf", "conf.d"])
    rmSync(join(folder, member), { recursive: true, force: true });
  await withHeld(systemd, [name], () => adopt(systemd, newcomer));
  return name;
}

function readName(file: string, text: string): string {
  try {
    const { version, name } = JSON.parse(text) as { version?: unknown; name?: unknown };
    if (version === 1 && typeof name === "string") return name;
  } catch {
    // Said below.
  }
  throw new SandboxError(`${file} was not made by this version of sandboxcontainer export`);
}

/** The machine-id and the uuid are kept where no other sandbox has them; ids and level are this host's to give. */
function keepIdentity(folder: string): void {
  const path = join(folder, "state.json");
  const state = existsSync(path) ? parseState(readFileSync(path, "utf8")) : undefined;
  const isTaken = readAllStates().some(
    ({ state: other }) => other.uuid === state?.uuid || other.machineId === state?.machineId,
  );
  rmSync(path, { force: true });
  if (state === undefined || isTaken) return;
  const { version, uuid, machineId } = state;
  writeFileSync(path, `${JSON.stringify({ version, uuid, machineId, idBase: null })}\n`, { mode: 0o600 });
}
