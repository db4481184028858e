import { readdirSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import {
  controllerProgram,
  helperDirectory,
  libraryDirectory,
  mountsDirectory,
  rootDirectory,
  runtimeDirectory,
} from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Conf } from "../../../conf/conf.ts";
import { hasCredentials } from "../../../conf/credentials.ts";
import type { Mount } from "../../../conf/values/mount.ts";
import type { SandboxState } from "../../sandbox/state.ts";
import { mountName, type Source } from "../attach/mount-sources.ts";
import { credentialsMount, insideCredentials } from "../credentials/show-credentials.ts";
import { planInterface } from "../network/plan-interface.ts";
import type { Filters } from "../seccomp/render-filter.ts";
import { planCapabilities } from "./capabilities.ts";
import type { Domain, Filesystem } from "./domain-xml.ts";
import { type Confinement, planStart } from "./plan-start.ts";

export const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";

/**
 * Plans what libvirt must know about a sandbox, from its conf and state. `generates`: the packages of its units have
 * generators.
 */
export function planDomain(
  conf: Conf,
  state: SandboxState,
  confinement: Confinement,
  filters: Filters,
  generates = false,
): Domain {
  const at = mountsDirectory(conf.name);
  return {
    name: conf.name,
    uuid: state.uuid,
    memoryKibibytes: Math.floor(totalmem() / 1024),
    controller: controllerProgram,
    ...planStart(
      planCapabilities(conf),
      conf.Exec === undefined ? initOfUnits : initOfCommand(conf),
      confinement,
      filters,
    ),
    environment: environmentOf(conf, generates),
    idBase: state.idBase,
    hostNetwork: conf.Network.kind === "host",
    nic: planInterface(conf, state.uuid),
    filesystems: [
      { source: join(at, "root"), target: "/", readOnly: false },
      { source: join(at, "usr"), target: "/usr", readOnly: true },
      { source: join(at, "run"), target: "/run", readOnly: false },
      { source: join(at, "tmp"), target: "/tmp", readOnly: false },
      { source: join(at, "shm"), target: "/dev/shm", readOnly: false },
      ...(hasCredentials(conf) ? [credentials(conf.name)] : []),
      ...mountsOf(conf),
    ],
  };
}

const credentials = (name: SandboxName): Filesystem => ({
  source: credentialsMount(name),
  target: insideCredentials,
  readOnly: false,
});

const initOfUnits: Domain["init"] = [
  "/usr/lib/systemd/systemd",
  "--unit=sandboxcontainer.target",
  "--show-status=no",
  "--log-target=journal",
  "--log-level=notice",
  // Inside a container systemd's tools read PID 1's arguments as the kernel command line (systemd, proc-cmdline.c).
  // Otherwise it is one whenever root inside has removed /etc/machine-id (machine-id(5)). At a first boot systemd enables
  // the units that the host's presets name, which are all in the host's /usr: other services than those of the sandbox.
  "systemd.condition-first-boot=no",
  "systemd.journald.forward_to_console=1",
  "systemd.journald.max_level_console=info",
];

function initOfCommand(conf: Conf): Domain["init"] {
  const init = join(helperDirectory, "inside/init");
  return [init, conf.User ?? "-", conf.Group ?? "-", conf.Home ?? "-"];
}

function environmentOf(conf: Conf, generates: boolean): Readonly<Record<string, string>> {
  const passed = hasCredentials(conf) ? { CREDENTIALS_DIRECTORY: insideCredentials } : {};
  const common = { PATH: searchPath, TERM: "dumb", ...passed };
  if (conf.Exec !== undefined) {
    // The protocol of sd_listen_fds(3). inside/init tells the command the rest of it.
    const sockets = conf.Listen.length > 0 ? { LISTEN_FDS: String(conf.Listen.length) } : {};
    return { ...common, HOME: "/root", ...sockets };
  }
  const inside = join(libraryDirectory, "inside");
  // Our units come before the host's. The empty last part stands for systemd's own search path. The host's generators
  // deal with the host's hardware and mounts, so they do not run inside (systemd, ENVIRONMENT.md). Ours runs those of the
  // service.
  return {
    ...common,
    SYSTEMD_UNIT_PATH: `${inside}:`,
    SYSTEMD_GENERATOR_PATH: generates ? join(helperDirectory, "inside/generators") : join(inside, "generators"),
    SYSTEMD_ENVIRONMENT_GENERATOR_PATH: join(inside, "generators"),
  };
}

type Outer = Exclude<Mount, { readonly kind: "guest-bind" }>;

// The mounts that the host makes. Folders of the sandbox itself are looked up inside, where no link leads out of it.
const outerMounts = (conf: Pick<Conf, "Mount">): readonly Outer[] =>
  conf.Mount.filter((mount): mount is Outer => mount.kind !== "guest-bind");

/** The conf's Mount= lines, for attach. */
export const sourcesOf = (conf: Conf): readonly Source[] => outerMounts(conf).map(sourceOf);

function sourceOf(mount: Outer): Source {
  if (mount.kind === "ram") return { kind: "memory", bytes: mount.bytes };
  if (mount.kind === "host-image") return { kind: "image", path: mount.source };
  return mount.readOnly
    ? { kind: "read-only", path: mount.source }
    : { kind: "folder", path: mount.source, allowsSetId: mount.suid };
}

/** The same as libvirt file systems, in the same order. */
export const mountsOf = (conf: Conf): readonly Filesystem[] =>
  outerMounts(conf).map(({ target }, index) => ({
    source: join(runtimeDirectory(conf.name), mountName(index)),
    target,
    readOnly: false,
  }));

/**
 * Folders of the sandbox itself that also appear at another path, for inside/start: two lines each, source and target.
 */
export const renderInnerMounts = ({ Mount: mounts }: Pick<Conf, "Mount">): string =>
  mounts.map((mount) => (mount.kind === "guest-bind" ? `${mount.source}\n${mount.target}\n` : "")).join("");

/**
 * Throws a SandboxError unless a folder of /usr that is to be covered inside is there on the host, and empty. Root inside
 * fills it: in place of a library it would run with the rights that a start and `execute` have before they give them
 * up.
 */
export function requireCovered({ Mount: mounts }: Pick<Conf, "Mount">, root = rootDirectory): void {
  for (const { kind, target } of mounts) {
    if (kind !== "guest-bind" || !target.startsWith("/usr/")) continue;
    const content = orMissing(() => readdirSync(join(root, target)));
    if (content?.length === 0) continue;
    throw new SandboxError(`Mount=guest-bind:${target}=… needs an empty folder ${target} on the host`, {
      hint:
        content === undefined
          ? "Nobody inside can make a folder in the host's /usr. Make it on the host, or correct Mount="
          : "What the host has there stays visible inside. Cover a folder below it, or correct Mount=",
    });
  }
}
