import { asMap } from "./describe-denial.ts";
import type { Denial, Fields } from "./parse-audit.ts";

// apparmor.d(5), file permissions; `c` and `d` stand for making and deleting a name.
const filePermissions = asMap({
  a: "append",
  c: "create",
  d: "unlink",
  k: "lock",
  l: "link",
  m: "map",
  r: "read",
  w: "write",
  x: "execute",
});

const classesOfOperations = asMap({
  capable: "capability",
  mount: "mount",
  pivotroot: "mount",
  ptrace: "process",
  signal: "process",
  umount: "mount",
  userns_create: "user_namespace",
});

/**
 * Reads a denial of AppArmor from the fields of its record; undefined if it is another message of AppArmor. A denial that
 * was only logged is one of a profile in complain mode.
 */
export function parseAppArmor(id: string, fields: Fields, syscall: Fields | undefined): Denial | undefined {
  const said = fields.get("apparmor");
  const profile = fields.get("profile");
  if ((said !== "DENIED" && said !== "ALLOWED") || profile === undefined) return undefined;
  const targetClass = findClass(fields);
  return {
    control: "apparmor",
    id,
    time: Number(id.split(":")[0]),
    permissions: findPermissions(fields, targetClass).sort(),
    source: { type: profile, level: "" },
    target: { type: fields.get("peer") ?? "", level: "" },
    targetClass,
    comm: fields.get("comm") ?? null,
    exe: syscall?.get("exe") ?? null,
    pid: findNumber(fields, "pid"),
    uid: findNumber(fields, "fsuid") ?? (syscall === undefined ? null : findNumber(syscall, "uid")),
    path:
      targetClass === "profile" ? (fields.get("target") ?? fields.get("name") ?? null) : (fields.get("name") ?? null),
    detail: findDetail(fields),
    permissive: said === "ALLOWED",
  };
}

function findClass(fields: Fields): string {
  const operation = fields.get("operation") ?? "";
  if (/^(?:change|stack)_/.test(operation)) return "profile";
  const known = classesOfOperations.get(operation);
  if (known !== undefined) return known;
  if (fields.has("family")) return "socket";
  return fields.has("name") ? "file" : (fields.get("class") ?? operation);
}

function findPermissions(fields: Fields, targetClass: string): string[] {
  const operation = fields.get("operation") ?? "";
  if (targetClass === "capability") return [fields.get("capname") ?? operation];
  const mask = fields.get("denied_mask") ?? fields.get("denied") ?? "";
  if (targetClass === "file") return Array.from(mask, (letter) => filePermissions.get(letter) ?? letter);
  if (operation === "signal") return ["signal"];
  if (operation === "ptrace") return [mask.startsWith("read") ? "read" : "ptrace"];
  if (targetClass === "profile") return ["enter"];
  if (targetClass === "user_namespace") return ["create"];
  return [targetClass === "socket" && mask !== "" ? (mask.split(" ")[0] ?? operation) : operation];
}

const details = ["family", "sock_type", "signal", "fstype", "srcname", "info"] as const;

function findDetail(fields: Fields): string | null {
  const words = details.flatMap((key) => (fields.has(key) ? [`${key}=${fields.get(key) ?? ""}`] : []));
  return words.length === 0 ? null : words.join(" ");
}

function findNumber(fields: Fields, key: string): number | null {
  const value = fields.get(key);
  return value !== undefined && /^\d{1,10}$/.test(value) ? Number(value) : null;
}
