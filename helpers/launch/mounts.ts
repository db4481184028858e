import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Conf } from "../../generator/conf.ts";
import { helperDirectory, runtimeDirectory } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import type { SandboxName } from "../../generator/sandbox-name.ts";
import type { Controller } from "../controller.ts";
import type { Filesystem } from "./domain-xml.ts";

// detach takes down everything below the runtime directory that is named so.
const hostMount = (name: SandboxName, index: number): string => join(runtimeDirectory(name), `mount-${index}`);

/** Has `attach` mount the root, in a process of its own beside this one. */
export async function attachRoot(name: SandboxName): Promise<void> {
  const attach = spawn(join(helperDirectory, "attach"), [name], { stdio: ["ignore", "inherit", "inherit"] });
  const [status] = (await once(attach, "close")) as [number | null];
  if (status !== 0)
    throw new SandboxError(`the root of ${name} could not be mounted`, { hint: "The lines above say why" });
}

/** Mounts the host folders of Mount=host-bind: with the sandbox's ids, so that owners are inside what they are here. */
export function attachMounts(conf: Conf, idBase: number | null): void {
  const map = idBase === null ? "" : `,X-mount.idmap=0:${idBase}:65536`;
  for (const [index, mount] of conf.Mount.entries()) {
    if (mount.kind !== "host-bind") continue;
    mkdirSync(hostMount(conf.name, index), { mode: 0o700 });
    runMount("-o", `bind,private${map}`, mount.source, hostMount(conf.name, index));
  }
}

/** The conf's Mount= lines as libvirt file systems, in their order. */
export function mountsOf(conf: Conf): readonly Filesystem[] {
  return conf.Mount.map((mount, index) =>
    mount.kind === "host-bind"
      ? { kind: "bind", source: hostMount(conf.name, index), target: mount.target, readOnly: false }
      : { kind: "ram", kibibytes: Math.floor(mount.bytes / 1024), target: mount.target },
  );
}

/** Gives the network namespace a path for NetworkNamespacePath= of the published ports' proxies. */
export function keepNetwork(name: SandboxName, controller: Controller): void {
  const path = join(runtimeDirectory(name), "network");
  writeFileSync(path, "");
  runMount("--bind", `/proc/${controller.initPid}/ns/net`, path);
}

function runMount(...args: readonly string[]): void {
  try {
    execFileSync("mount", args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new SandboxError(`cannot mount: ${stderr?.trim() ?? String(error)}`, {
      hint: `The command was: mount ${args.join(" ")}`,
    });
  }
}
