import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { quoteForShell } from "../../../base/text.ts";
import { ofSystemd, ownRules } from "../../run/apparmor-profile.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import type { Advice } from "./advise.ts";
import type { Denial } from "./parse-audit.ts";

/** Lists the ways to allow a sandbox what AppArmor denied to it. */
export function adviseProfile(denial: Denial, name: string): readonly Advice[] {
  if (denial.targetClass === "profile")
    return [{ kind: "nothing", text: "a sandbox stays in its profile, and its services in theirs", command: null }];
  if (denial.targetClass === "capability" && !isOfSystemd(denial)) {
    const assignments = denial.permissions.map((each) => `Capabilities+=+CAP_${each.toUpperCase()}`);
    const command = ["sandboxcontainer", "set", name, ...assignments];
    return [{ kind: "setting", text: command.join(" "), command }];
  }
  const rule = writeRule(denial);
  if (rule === undefined) return [];
  const file = ownRules(parseSandboxName(name));
  const unit = `sandbox-root@${name}`;
  const script = `printf '%s\\n' "$1" >>"$2" && systemctl start "$3"`;
  return [
    {
      kind: "local",
      // The echo of some shells takes a backslash for an escape, and so a name that root inside chose for more rules.
      text: `printf '%s\\n' ${quoteForShell(rule)} >>${file}; systemctl start ${unit}`,
      command: ["sh", "-c", script, "sh", rule, file, unit],
    },
  ];
}

const isOfSystemd = ({ source, permissions }: Denial): boolean =>
  source.type.endsWith("@service") && permissions.some((each) => ofSystemd.includes(each));

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
      // A line feed in a name would begin a rule of its own in the file.
      return path === null || path !== printableName(path) ? undefined : `${quotePath(path)} ${mask},`;
    }
    case "socket": {
      const [, family, type] = /^family=(\S+)(?: sock_type=(\S+))?/.exec(detail ?? "") ?? [];
      return family === undefined ? undefined : `network ${[family, type].filter(Boolean).join(" ")},`;
    }
    case "process":
      return `${permissions.includes("signal") ? "signal" : permissions.includes("read") ? "ptrace (read)" : "ptrace"} peer="${target.type}",`;
    case "capability":
      return `capability ${permissions.join(" ")},`;
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
