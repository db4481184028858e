import { existsSync } from "node:fs";
import { printableText } from "./text.ts";

/** Says what went wrong and what to do next, in the reader's terms: one line, no stack. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  /** What to do next, as a separate sentence. */
  readonly hint: string | undefined;
  /** Exit status of the command: 1 failed, 2 wrong usage or bad conf, 3 upgraded with conflicts. */
  readonly status: 1 | 2 | 3;

  constructor(message: string, options: { hint?: string | undefined; status?: 1 | 2 | 3; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.status = options.status ?? 1;
  }
}

/** A conf file that cannot be used: `path:line: message`. */
export class ConfError extends SandboxError {
  readonly path: string;
  /** Counted from 1; undefined if the error is about the whole file. */
  readonly line: number | undefined;
  readonly key: string | undefined;

  constructor(
    where: { path: string; line?: number | undefined; key?: string | undefined },
    message: string,
    hint?: string,
  ) {
    super(`${where.path}${where.line === undefined ? "" : `:${where.line}`}: ${message}`, { hint, status: 2 });
    this.path = where.path;
    this.line = where.line;
    this.key = where.key;
  }
}

/** Everything that is wrong with one sandbox's conf, one line each. */
export class ConfErrors extends SandboxError {
  readonly errors: readonly ConfError[];

  constructor(errors: readonly ConfError[]) {
    super(errors.map(describeError).join("\n"), { status: 2 });
    this.errors = errors;
  }
}

/**
 * Describes an error for people: the message, then the hint, in one line. What the kernel refuses names a path and is
 * the host's state; our own bugs keep their stack. A name in it may come from an archive, a sandbox or another host.
 */
export const describeError = (error: unknown): string => printableText(describeRaw(error));

function describeRaw(error: unknown): string {
  if (error instanceof SandboxError)
    return error.hint === undefined ? error.message : `${endSentence(error.message)} ${error.hint}`;
  if (!(error instanceof Error)) return String(error);
  if (!("syscall" in error && "code" in error)) return error.stack ?? error.message;
  // Where nothing is started, EAGAIN means something else.
  const isKnown = error.code !== "EAGAIN" || /spawn|fork/.test(String(error.syscall));
  const hint = isKnown ? hints.get(String(error.code))?.(existsSync) : undefined;
  const message = describeRefusal(error);
  return hint === undefined ? message : `${endSentence(message)} ${hint}`;
}

const acts: Readonly<Record<string, string>> = {
  ...{
    open: "open",
    read: "read",
    scandir: "read",
    opendir: "read",
    readlink: "read",
    lstat: "look at",
    stat: "look at",
  },
  ...{ write: "write", copyfile: "write", fsync: "write", ftruncate: "write", mkdir: "make", mkdtemp: "make" },
  ...{ symlink: "make", link: "make", rename: "move", unlink: "remove", rmdir: "remove", rm: "remove" },
};

/** Says in words what the kernel refused. The message of the runtime is `CODE: reason, call 'path' -> 'path'`. */
function describeRefusal(error: Error): string {
  const { syscall, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const act = acts[String(syscall)];
  const reason = /^E[A-Z0-9]+: (.+?), [a-z]+(?: '|$)/.exec(error.message)?.[1];
  if (act === undefined || reason === undefined) return error.message;
  const place = syscall === "rename" ? path : (dest ?? path);
  return `cannot ${act}${place === undefined ? "" : ` ${place}`}: ${reason}`;
}

/** Ends a text with a full stop, unless it is a question. What a program said may end in a line feed. */
export const endSentence = (text: string): string => text.trimEnd().replace(/(?<![.?!])$/, ".");

type IsThere = (path: string) => boolean;

/** Which access control may have denied something on this host, and where it says so; undefined if there is none. */
function denied(isThere: IsThere): string | undefined {
  if (isThere("/sys/fs/selinux/enforce")) return "If SELinux denied it, this shows why: ausearch -m avc -ts recent";
  return isThere("/sys/kernel/security/apparmor")
    ? "If AppArmor denied it, this shows why: journalctl -k --grep apparmor"
    : undefined;
}
const full = "Free some space; df and df -i show how much there is";

/** What to do about an error of the kernel that a program reports, by its name or in words (strerror(3)). */
export function findHint(words: string, isThere: IsThere = existsSync): string | undefined {
  const named = [...hints.keys()].find((code) => words.includes(code));
  const code = named ?? [...reasons].find(([reason]) => words.includes(reason))?.[1];
  return code === undefined ? undefined : hints.get(code)?.(isThere);
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["No space left on device", "ENOSPC"],
  ["Disk quota exceeded", "EDQUOT"],
  ["Input/output error", "EIO"],
  ["Read-only file system", "EROFS"],
  ["Too many open files", "EMFILE"],
  ["Cannot allocate memory", "ENOMEM"],
  ["Resource temporarily unavailable", "EAGAIN"],
  ["Permission denied", "EACCES"],
  ["Operation not permitted", "EPERM"],
]);

/** What to do about errors of the kernel (errno(3)). */
const hints: ReadonlyMap<string, (isThere: IsThere) => string | undefined> = new Map([
  ["EACCES", denied],
  ["EPERM", denied],
  ["ENOSPC", () => full],
  ["EDQUOT", () => full],
  ["EIO", () => "The disk may be broken; the kernel says more: journalctl -k"],
  ["EROFS", () => "The file system is read-only; if it should not be, the kernel says why: journalctl -k"],
  ["EMFILE", () => "Allow more open files: ulimit -n, or LimitNOFILE= of the unit"],
  ["ENFILE", () => "Allow the host more open files: sysctl fs.file-max"],
  ["ENOMEM", () => "The memory of the host, or of this unit (MemoryMax=), is used up"],
  ["EAGAIN", () => "Allow more processes: ulimit -u, or TasksMax= of the unit"],
]);
