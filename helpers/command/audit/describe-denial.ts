import { profileOf } from "../../host/walls/apparmor.ts";
import { printableName, quoteName } from "../../sandbox/untrusted-text.ts";
import type { Denial } from "./parse-audit.ts";

/** A table to look up words of a log in: in an object, `constructor` and the like would be found too. */
export const asMap = (table: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(table));

/**
 * Says in words what was denied: `apache2 was not allowed to read the file "/etc/x", which is shadow_t:s0`. Users have
 * the numbers that they have in the sandbox.
 */
export function describeDenial(denial: Denial, idBase: number): string {
  const { comm, exe, permissive, permissions } = denial;
  const uid = denial.uid === null ? null : denial.uid - idBase;
  const program = comm ?? denial.source.type;
  const runs = exe === null || exe.endsWith(`/${program}`) ? "" : ` (${exe})`;
  const user = uid === null || uid <= 0 || uid > 65_535 ? "" : `, user ${uid},`;
  const who = `${program}${runs}${user} ${permissive ? "would" : "was"}`;
  if (isCapability(denial.targetClass))
    return printableName(`${who}${permissive ? " be" : ""} denied the capability ${permissions.join(" and ")}`);
  const wanted = permissions.map((permission) => verbs.get(permission) ?? permission).join(" and ");
  return printableName(`${who} not${permissive ? " be" : ""} allowed to ${wanted} ${describeTarget(denial)}`);
}

const verbs = asMap({
  add_name: "add a name to",
  append: "append to",
  connectto: "connect to",
  create: "make",
  enter: "change to",
  entrypoint: "enter its domain through",
  execute: "execute",
  execute_no_trans: "execute",
  execmem: "map memory that is writable and executable in",
  getattr: "read the attributes of",
  ioctl: "control",
  link: "link to",
  lock: "lock",
  map: "map",
  mount: "mount",
  pivotroot: "change the root to",
  mounton: "mount on",
  name_bind: "listen on",
  name_connect: "connect to",
  open: "open",
  ptrace: "trace",
  read: "read",
  relabelfrom: "relabel",
  relabelto: "give a label to",
  remount: "remount",
  remove_name: "remove a name from",
  rename: "rename",
  search: "look for a name in",
  send_msg: "send a message to",
  setattr: "change the attributes of",
  sigkill: "kill",
  signal: "send a signal to",
  umount: "unmount",
  unlink: "delete",
  unmount: "unmount",
  write: "write",
});

const classes = asMap({
  blk_file: "the block device",
  chr_file: "the device",
  dir: "the folder",
  fifo_file: "the pipe",
  file: "the file",
  filesystem: "a file system",
  lnk_file: "the link",
  mount: "a mount of",
  process: "a process",
  profile: "the profile",
  socket: "a socket",
  user_namespace: "a user namespace",
  sock_file: "the socket",
  unix_dgram_socket: "a socket",
  unix_stream_socket: "a socket",
});

export const isCapability = (targetClass: string): boolean =>
  /^cap(ability|_userns)/.test(targetClass) || targetClass === "capability2";

function describeTarget({ control, targetClass, path, target, source, detail }: Denial): string {
  const kind = classes.get(targetClass) ?? `the ${targetClass}`;
  const isOwn = target.type === source.type && target.level === source.level;
  const noun = isOwn ? kind.replace(/^\w+/, "its own") : kind;
  const named = path === null ? noun : `${noun} ${quoteName(path)}`;
  const which = detail === null ? "" : ` (${detail})`;
  if (control === "apparmor") return `${named}${which}${target.type === "" ? "" : `, which is in ${target.type}`}`;
  return isOwn ? `${named}${which}` : `${named}${which}, which is ${target.type}:${target.level}`;
}

/** Denials of the same access to the same program. */
export interface DenialGroup {
  /** The latest denial. */
  readonly denial: Denial;
  readonly count: number;
  /** Seconds since the epoch. */
  readonly first: number;
  readonly last: number;
}

/**
 * Keeps the denials of a sandbox: those in which the source or the target has its level, and those to a process in its
 * AppArmor profile.
 */
export function ofSandbox(denials: readonly Denial[], name: string, level: string | undefined): readonly Denial[] {
  const profile = profileOf(name);
  const isOwn = (label: string): boolean => label.split("//&")[0]?.replace(/@\w+$/, "") === profile;
  return denials.filter(({ control, source, target }) =>
    control === "apparmor"
      ? isOwn(source.type)
      : level !== undefined && (holds(source.level, level) || holds(target.level, level)),
  );
}

// A range matches if one of its ends does: `s0:c1,c2-s0:c1,c2`.
const holds = (range: string, level: string): boolean => range.split("-").includes(level);

/** Groups denials that differ in nothing but the time, the latest group first. */
export function groupDenials(denials: readonly Denial[]): readonly DenialGroup[] {
  const groups = new Map<string, DenialGroup>();
  for (const denial of denials) {
    const { permissions, source, target, targetClass, comm, path, detail, permissive } = denial;
    const key = JSON.stringify([permissions, source, target, targetClass, comm, path, detail, permissive]);
    const known = groups.get(key);
    const { time } = denial;
    groups.set(key, {
      denial: known !== undefined && known.last > time ? known.denial : denial,
      count: (known?.count ?? 0) + 1,
      first: Math.min(known?.first ?? time, time),
      last: Math.max(known?.last ?? time, time),
    });
  }
  return [...groups.entries()]
    .sort(([key, group], [otherKey, other]) => other.last - group.last || (key < otherKey ? -1 : 1))
    .map(([, group]) => group);
}
