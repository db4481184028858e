import { asMap } from "./as-map.ts";
import type { Denial } from "./parse-audit.ts";
import { printableName, quoteName } from "../../sandbox/untrusted-text.ts";

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
