import { join } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import { parseSandboxName } from "../../../generator/conf/sandbox-name.ts";
import { ownRules } from "../../run/apparmor/render-profile.ts";
import { quoteForShell } from "../../host/quote-for-shell.ts";
import type { Advice } from "./advise.ts";
import type { Denial } from "./parse-audit.ts";

/** Lists the ways to allow a sandbox what AppArmor denied to it. */
export function adviseProfile(denial: Denial, name: string): readonly Advice[] {
  if (denial.targetClass === "profile")
    return [{ kind: "nothing", text: "a sandbox stays in its profile, and its services in theirs" }];
  if (denial.targetClass === "capability")
    return [
      {
        kind: "setting",
        text: `Capabilities=${denial.permissions.map((each) => `+CAP_${each.toUpperCase()}`).join(" ")} in the conf's [Security] section`,
      },
    ];
  const rule = writeRule(denial);
  if (rule === undefined) return [];
  const file = ownRules(parseSandboxName(name));
  const load = `${join(helperDirectory, "label")} ${name}`;
  return [{ kind: "local", text: `echo ${quoteForShell(rule)} >>${file}; ${load}` }];
}

// apparmor.d(5). A new name and the end of one are changes of a folder, which `w` allows.
const letters: Readonly<Record<string, string>> = {
  append: "w",
  create: "w",
  execute: "ix",
  link: "l",
  lock: "k",
  map: "m",
  read: "r",
  unlink: "w",
  write: "w",
};

function writeRule({ targetClass, permissions, path, target, detail }: Denial): string | undefined {
  switch (targetClass) {
    case "file": {
      const mask = [...new Set(permissions.map((each) => letters[each] ?? ""))].sort().reverse().join("");
      return path === null ? undefined : `${quotePath(path)} ${mask},`;
    }
    case "socket": {
      const [, family, type] = /^family=(\S+)(?: sock_type=(\S+))?/.exec(detail ?? "") ?? [];
      return family === undefined ? undefined : `network ${[family, type].filter(Boolean).join(" ")},`;
    }
    case "process":
      return `${permissions.includes("signal") ? "signal" : permissions.includes("read") ? "ptrace (read)" : "ptrace"} peer="${target.type}",`;
    case "mount":
      return "mount,";
    case "user_namespace":
      return "userns,";
    default:
      return undefined;
  }
}

// These characters would be a pattern.
const quotePath = (path: string): string => `"${path.replace(/[\\"*?[\]{}^@]/g, String.raw`\$&`)}"`;
