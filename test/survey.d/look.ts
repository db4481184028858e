import type { Bed, Ran } from "../bed-tests/bed.ts";

/**
 * What a service shows of itself, on the bed or in a sandbox. Each part is sorted and has no duplicates. The name of the host
 * that some services put into their names, as winbind does, is `HOST`.
 */
export interface Look {
  /** Such as `active running`, of the unit that was started. */
  readonly state: string;
  /** Such as `nobody dnsmasq`: the user and the name of each process. */
  readonly processes: readonly string[];
  /** Such as `tcp 0.0.0.0:80`, or the path of a socket, or its abstract name after `@`. */
  readonly sockets: readonly string[];
  /** Files that were written below the folders of data, each with `N` for numbers in its path. */
  readonly files: readonly string[];
}

/** A place where commands run: a bed, or a sandbox in it. */
export type Place = (...command: readonly string[]) => Promise<Ran>;

export const onBed =
  (bed: Bed): Place =>
  (...command) =>
    bed.try(...command);

export const inSandbox =
  (bed: Bed, name: string): Place =>
  (...command) =>
    bed.try("sandboxcontainer", "execute", name, "--", ...command);

const dataFolders = ["/srv", "/var", "/run"];
// What the system itself writes there all the time, or what exists only on a host.
const systemFolders = [
  ...["/run/systemd", "/run/log", "/run/udev", "/run/user", "/run/libvirt", "/run/host", "/run/lock", "/run/dbus"],
  ...["/run/sandboxcontainer", "/var/lib/sandboxcontainer", "/etc/sandboxcontainer", "/etc/systemd", "/var/log/audit"],
  ...[
    "/var/lib/dpkg",
    "/var/lib/systemd",
    "/var/log/journal",
    "/var/lib/libvirt",
    "/var/log/libvirt",
    "/var/cache/libvirt",
    "/var/tmp",
  ],
];

/** Since when files count as written, in seconds since 1970. */
export interface Since {
  readonly data: number;
  readonly configuration: number;
}

/** Looks at a unit, and at all that listens and was written since these moments. */
export async function look(place: Place, unit: string, since: Since): Promise<Look> {
  const service = unit.replace(/\.socket$/, ".service");
  const prunes = systemFolders.flatMap((path) => ["-path", path, "-o"]).slice(0, -1);
  const find = (folders: readonly string[], seconds: number): Promise<Ran> =>
    place(
      ...["find", ...folders, "(", ...prunes, ")", "-prune", "-o"],
      ...["-type", "f", "-newermt", `@${seconds}`, "-print"],
    );
  const [host, state, ids, tcp, unix, data, configuration] = await Promise.all([
    place("uname", "--nodename"),
    place("systemctl", "show", "--property=ActiveState,SubState", "--value", unit),
    readProcesses(place, service),
    place("ss", "-Hltun"),
    place("ss", "-Hlx"),
    find(dataFolders, since.data),
    find(["/etc"], since.configuration),
  ]);
  const processes = ids.length === 0 ? "" : (await place("ps", "-o", "user:64=,comm=", "-p", ids.join(","))).stdout;
  const clear = (text: string): string => replaceName(text, host.stdout.trim());
  return {
    state: state.stdout.trim().replaceAll("\n", " "),
    processes: sortLines(clear(processes.replace(/ +/g, " "))),
    sockets: sortLines([...parseInetSockets(tcp.stdout), ...parseUnixSockets(clear(unix.stdout))].join("\n")),
    files: sortLines(clear(`${data.stdout}\n${configuration.stdout}`).replace(/\b[0-9a-f]{8,}\b|\d+/gi, "N")),
  };
}

/** Replaces the name of the host, in large or small letters. */
const replaceName = (text: string, host: string): string =>
  host === "" ? text : text.replaceAll(new RegExp(host.replaceAll(".", "\\."), "gi"), "HOST");

// systemd answers with `a(sus)`: the cgroup, the id and the command line of each process.
async function readProcesses(place: Place, unit: string): Promise<readonly number[]> {
  const { status, stdout } = await place(
    ...["busctl", "--json=short", "call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1"],
    ...["org.freedesktop.systemd1.Manager", "GetUnitProcesses", "s", unit],
  );
  if (status !== 0) return [];
  const { data } = JSON.parse(stdout) as { readonly data: readonly [readonly (readonly [string, number, string])[]] };
  return data[0].map(([, id]) => id);
}

/** Parses `ss -Hltun`. A port that the kernel chose is another one each time. */
export function parseInetSockets(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [protocol = "", , , , local = ""] = line.trim().split(/\s+/);
    const [, address, port] = /^(.*):(\d+)$/.exec(local) ?? [];
    // The DHCP client of a sandbox with Network=.
    if (address === undefined || (port === "68" && address.includes("%"))) return [];
    return [`${protocol} ${describeAddress(address)}:${Number(port) >= 32768 ? "any" : String(port)}`];
  });
}

/**
 * A sandbox has another address than the bed, and may have IPv6 where the bed has none. Then `localhost` also means
 * another one (getaddrinfo(3), AI_ADDRCONFIG).
 */
function describeAddress(address: string): string {
  if (["*", "0.0.0.0", "[::]"].includes(address)) return "*";
  if (["127.0.0.1", "[::1]"].includes(address)) return "localhost";
  return address.startsWith("127.") ? address : "its address";
}

/** Parses `ss -Hlx`, without the sockets of systemd, D-Bus and logins. */
export function parseUnixSockets(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const [, , , , path = ""] = line.trim().split(/\s+/);
    const isOfSystem = /^(?:\/run\/(?:systemd|dbus|udev|user|host|libvirt)\/|@(?:\/org\/|[0-9a-f]{8,}\/bus\/))/.test(
      path,
    );
    return /^[/@]/.test(path) && !isOfSystem ? [path.replace(/\d+/g, "N")] : [];
  });
}

const sortLines = (text: string): readonly string[] =>
  [...new Set(text.split("\n").map((line) => line.trim()))].filter((line) => line !== "").sort();
