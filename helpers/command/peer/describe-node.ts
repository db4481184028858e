import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { confDirectories, rootDirectory } from "../../../base/paths.ts";
import { listSandboxes } from "../../../conf/load-conf.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import { run } from "../../host/process/run.ts";
import { readMachineId } from "../../host/systemd/machine-id.ts";
import { findControl } from "../../host/walls/access-control.ts";
import { readManifest } from "../../sandbox/manifest/manifest.ts";
import { tryReadState } from "../../sandbox/state.ts";

/**
 * Reads what `sandboxcontainer doctor --describe` says on another host, as root there, over ssh(1) without a password.
 * Throws a SandboxError.
 */
export async function askPeer(peer: string): Promise<Node> {
  if (!/^(?!-)[A-Za-z0-9_.:@%[\]-]+$/.test(peer))
    throw new SandboxError(`\`${peer}\` is not the name of a host`, {
      hint: "Name it as for ssh: HOST, or USER@HOST",
      status: 2,
    });
  const command = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "--", peer, "sandboxcontainer doctor --describe"];
  const { stdout } = await run("ssh", command, { timeout: 60_000 });
  const node = parseNode(stdout);
  if (node !== undefined) return node;
  throw new SandboxError(`${peer} did not describe itself`, { hint: `Try it: ssh ${peer} sandboxcontainer doctor` });
}

/** Parses the JSON of a Node; undefined for anything else. */
export function parseNode(text: string): Node | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isNode(value) ? value : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const hasTexts = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((each) => typeof each === "string");

function isNode(value: unknown): value is Node {
  if (!isRecord(value)) return false;
  const { version, machineId, control, packages, files, sandboxes } = value;
  return (
    typeof version === "string" &&
    typeof machineId === "string" &&
    (control === null || typeof control === "string") &&
    hasTexts(packages) &&
    hasTexts(files) &&
    isRecord(sandboxes) &&
    Object.values(sandboxes).every(
      (each) =>
        isRecord(each) &&
        (each["uuid"] === null || typeof each["uuid"] === "string") &&
        Array.isArray(each["packages"]) &&
        each["packages"].every((name) => typeof name === "string"),
    )
  );
}

/** What has to be alike on all hosts of a cluster, for `doctor --peer`. */
export interface Node {
  readonly version: string;
  readonly machineId: string;
  /** selinux, apparmor, or null. */
  readonly control: string | null;
  /** Versions of the installed packages, by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** Checksums of confs, their drop-ins and local rules of AppArmor, by path, and of SELinux modules, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly sandboxes: Readonly<Record<string, NodeSandbox>>;
}

export interface NodeSandbox {
  /** Null without a root. */
  readonly uuid: string | null;
  /** The names of the packages that its root was made from. */
  readonly packages: readonly string[];
}

/** Describes this host. */
export async function describeNode(version: string): Promise<Node> {
  const [database, modules] = await Promise.all([openPackageDatabase(rootDirectory), readModules()]);
  return {
    version,
    machineId: readMachineId(),
    control: findControl({ kind: "dynamic" }),
    packages: Object.fromEntries(database.packages.map((each) => [each.name, each.version])),
    files: { ...readFiles(), ...modules },
    sandboxes: Object.fromEntries(
      listSandboxes().map(({ name }) => [
        name,
        {
          uuid: tryReadState(name)?.uuid ?? null,
          packages: (readManifest(name)?.packages ?? []).map((each) => each.name),
        },
      ]),
    ),
  };
}

const checksum = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

function readFiles(): Readonly<Record<string, string>> {
  const confs = confDirectories.flatMap((folder) => [join(folder, "*.conf"), join(folder, "*.conf.d/*.conf")]);
  const rules = join(rootDirectory, "etc/apparmor.d/local/sandboxcontainer*");
  return Object.fromEntries(
    globSync([...confs, rules])
      .sort()
      .map((path) => [path, checksum(readFileSync(path))]),
  );
}

/** Lists the modules of the SELinux policy as `PRIORITY NAME LANGUAGE CHECKSUM` (semodule(8)). */
async function readModules(): Promise<Readonly<Record<string, string>>> {
  if (findControl({ kind: "dynamic" }) !== "selinux") return {};
  const { stdout } = await run("semodule", ["--list-modules=full", "--checksum"]);
  return Object.fromEntries(
    stdout.split("\n").flatMap((line) => {
      const [priority, name, , sum] = line.trim().split(/\s+/);
      return priority === undefined || name === undefined
        ? []
        : [[`SELinux module ${name}`, `${priority} ${sum ?? ""}`]];
    }),
  );
}
