import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { listSandboxes } from "../../../generator/conf/load-conf.ts";
import { confDirectories, rootDirectory } from "../../../generator/conf/paths.ts";
import { findControl } from "../../host/access-control.ts";
import { readMachineId } from "../../host/machine-id.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import { run } from "../../host/run.ts";
import { readManifest } from "../../sandbox/manifest/read-manifest.ts";
import { tryReadState } from "../../sandbox/state.ts";

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
