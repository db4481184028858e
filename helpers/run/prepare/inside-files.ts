import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { quoteForShell } from "../../../base/text.ts";
import { usesDhcp } from "../../../conf/check-network.ts";
import type { Conf, Listen } from "../../../conf/conf.ts";
import { renderInnerMounts } from "./plan-domain.ts";
import type { RunFolder, TemporaryFile } from "./temporary-files.ts";

/** Text files of the sandbox's /run, by their path there. */
export type InsideFiles = Readonly<Record<string, string>>;

/**
 * Plans the files that the inside needs in its /run at a start. `socket` is the unit that takes the sockets of Listen=.
 * `temporary` are files of tmpfiles.d(5), which systemd inside would find by itself. `settled`: all units are settled
 * when they are started. `generators` of the packages make further units inside (inside/generators/units).
 */
export function planInside(
  conf: Pick<Conf, "Unit" | "Exec" | "Network" | "Address" | "Listen" | "Mount">,
  {
    socket,
    temporary = [],
    settled = false,
    generators = [],
  }: {
    readonly socket?: string | undefined;
    readonly temporary?: readonly TemporaryFile[];
    readonly settled?: boolean;
    readonly generators?: readonly string[];
  } = {},
): InsideFiles {
  const folders = renderInnerMounts(conf);
  const common = {
    // /etc/resolv.conf leads here. Units name it in settings that want a file (ReadWritePaths=), also before an address
    // brings name servers.
    "host/resolv.conf": "",
    ...(folders === "" ? {} : { "host/folders": folders }),
  };
  if (conf.Exec !== undefined) return { ...common, ...planCommand(conf.Exec.words, temporary) };
  return {
    ...common,
    // This file replaces systemd's own, which refuses users until systemd-user-sessions.service is started (nologin(5)).
    // Nothing inside starts that.
    "tmpfiles.d/systemd-nologin.conf": "",
    ...planUnits(conf.Unit, settled),
    ...(generators.length === 0 ? {} : { "host/generators": toLines(generators), "host/units": toLines(conf.Unit) }),
    ...(usesDhcp(conf) ? planOnline(conf.Unit) : {}),
    ...(socket === undefined ? {} : planSocket(socket, conf.Listen)),
  };
}

const toLines = (words: readonly string[]): string => words.map((word) => `${word}\n`).join("");

// systemd offers the sockets of PID 1 to the units that are loaded before it loads its target (manager.c,
// manager_distribute_fds): existing mounts, and the units that they want.
const planSocket = (socket: string, listen: readonly Listen[]): InsideFiles => ({
  "systemd/system/tmp.mount.d/50-socket.conf": `[Unit]\nWants=${socket}\n`,
  "systemd/system/sandboxcontainer.target.d/50-socket.conf": `[Unit]\nWants=${socket}\n`,
  [`systemd/system/${socket}.d/50-sandboxcontainer-listen.conf`]: renderInnerSocket(listen),
});

// inside/init reads this as a shell does. It is not in the arguments of the domain, where libvirt would refuse empty
// ones. If files of tmpfiles.d(5) ask only for folders that exist already, the inside only looks for files that replace
// them.
const planCommand = (words: readonly string[], temporary: readonly TemporaryFile[]): InsideFiles => {
  const add = temporary.map(({ name, folders }) => {
    const other = folders === undefined ? "" : `[ ! -e /etc/tmpfiles.d/${quoteForShell(name)} ] || `;
    return `${other}set -- "$@" ${quoteForShell(name)}\n`;
  });
  const make = `set --\n${add.join("")}[ $# = 0 ] || systemd-tmpfiles --create --boot "$@"\n`;
  return { "host/command": `${temporary.length > 0 ? make : ""}set -- ${words.map(quoteForShell).join(" ")}\n` };
};

/**
 * Tells systemd inside what it must know beyond the static units of /usr/lib/sandboxcontainer/inside: which units to
 * start, and to tell the host when one of them ends. The host restarts services (Restart= of the instance unit): a
 * service that restarted itself inside would never make its sandbox fail.
 */
function planUnits(units: readonly string[], settled: boolean): InsideFiles {
  // These are two instances: if one unit had two triggers, systemd would warn that it cannot tell them apart.
  const tell = "OnFailure=sandboxcontainer-ended@%n.service\nOnSuccess=sandboxcontainer-ended@:%n.service\n";
  const names = units.join(" ");
  // systemd takes a backslash, as systemd-escape(1) makes them, for an escape in Environment=, and again in ExecStart=.
  const quoted = names.replaceAll("\\", "\\".repeat(4));
  const planned: Record<string, string> = {
    "systemd/system/sandboxcontainer.target.d/50-units.conf": `[Unit]\nWants=${names}\nWants=sandboxcontainer-ready.${settled ? "socket" : "service"}\n`,
    "systemd/system/sandboxcontainer-ready.service.d/50-units.conf": `[Unit]\nAfter=${names}\n\n[Service]\nEnvironment="UNITS=${quoted}"\n`,
  };
  if (settled) {
    planned["systemd/system/sandboxcontainer-ready.socket.d/50-units.conf"] =
      `[Unit]\nBindsTo=${names}\nAfter=${names}\n`;
  }
  for (const unit of units) {
    const restart = unit.endsWith(".service") ? "\n[Service]\nRestart=no\n" : "";
    // The name sorts last, so that a drop-in from the host cannot turn Restart= on again (systemd.unit(5)).
    planned[`systemd/system/${unit}.d/zz-sandboxcontainer.conf`] = `[Unit]\n${tell}${restart}`;
  }
  return planned;
}

/** Makes the units wait until DHCP has given an address. */
const planOnline = (units: readonly string[]): InsideFiles =>
  Object.fromEntries(
    units.map((unit) => [
      `systemd/system/${unit}.d/40-sandboxcontainer-online.conf`,
      "[Unit]\nRequires=sandboxcontainer-online.service\nAfter=sandboxcontainer-online.service\n",
    ]),
  );

/** Fills the sandbox's new, empty /run before anything of the sandbox runs; `owner` is the host id of its root. */
export function writeInside(run: string, owner: number, files: InsideFiles, folders: readonly RunFolder[] = []): void {
  const own = (path: string): void => {
    chownSync(path, owner, owner);
  };
  const made = new Set([run]);
  const makeDirectory = (path: string): void => {
    if (made.has(path)) return;
    makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o755 });
    own(path);
    made.add(path);
  };
  makeDirectory(join(run, "host"));
  for (const [path, text] of Object.entries(files)) {
    const file = join(run, path);
    makeDirectory(dirname(file));
    writeFile(file, text, { mode: 0o644 });
    own(file);
  }
  for (const { path, mode } of folders) {
    const folder = join(run, path);
    makeDirectory(folder);
    chmodSync(folder, mode);
  }
}

const socketOf = (unit: string): string => unit.replace(/\.service$/, ".socket");

/** The units that `findInnerSocket` asks for. */
export const possibleSockets = ({ Unit: units, Listen: listen }: Pick<Conf, "Unit" | "Listen">): readonly string[] =>
  listen.length === 0 ? [] : units.map(socketOf);

/**
 * Finds the socket unit inside that takes the sockets of Listen=: one of Unit=, or the socket of a service of Unit=.
 * Undefined without Listen=, and for Exec=, whose command takes them itself. Throws a SandboxError.
 */
export function findInnerSocket(
  conf: Pick<Conf, "Unit" | "Exec" | "Listen">,
  isThere: (unit: string) => boolean,
): string | undefined {
  if (conf.Listen.length === 0 || conf.Exec !== undefined) return undefined;
  const named = conf.Unit.filter((unit) => unit.endsWith(".socket"));
  const sockets = named.length > 0 ? named : conf.Unit.map(socketOf).filter(isThere);
  if (sockets.length === 1 && sockets[0] !== undefined) return sockets[0];
  throw new SandboxError(
    sockets.length === 0
      ? `Listen=: ${conf.Unit.join(", ")} has no socket unit that could take the sockets`
      : `Listen=: it is not clear which of ${sockets.join(", ")} should take the sockets`,
    { hint: "If the service opens its port itself, use Publish=", status: 2 },
  );
}

/** Makes systemd inside take the sockets that PID 1 receives. It finds them by their addresses. */
export const renderInnerSocket = (listen: readonly Listen[]): string =>
  `[Socket]\nListenStream=\nListenDatagram=\n${listen
    .map(({ address, hostPort, protocol }) => {
      const port = address === undefined ? String(hostPort) : `${address}:${hostPort}`;
      return `${protocol === "tcp" ? "ListenStream" : "ListenDatagram"}=${port}\n`;
    })
    .join("")}`;
