import { rootTree } from "../../../base/paths.ts";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { quoteForShell } from "../../../base/text.ts";
import { adviseProfile } from "./advise-profile.ts";
import { isCapability } from "./describe-denial.ts";
import type { Denial } from "./parse-audit.ts";

/** One way to allow what was denied. */
export interface Advice {
  readonly kind: "setting" | "boolean" | "label" | "rule" | "local" | "nothing";
  readonly text: string;
  /** The argument vector, if the text is a command. What a sandbox chose is always one whole argument. */
  readonly command: readonly string[] | null;
}

/** The properties of a sandbox that decide its access. */
export interface Subject {
  readonly name: string;
  readonly level: string;
  /** The first of the sandbox's ids on the host. */
  readonly idBase: number;
  /** The SELinux type of the files in the root. */
  readonly fileType: string;
  /** The paths that Mount= binds: inside, and on the host. */
  readonly mounts: readonly { readonly inside: string; readonly host: string }[];
  /** The other sandboxes, by their levels. */
  readonly others: ReadonlyMap<string, string>;
}

const ourDomain = /^sandboxcontainer(_init|_command)?_t$/;

/** The booleans of our policy, by the class and the permission that they allow. */
export const booleans: Readonly<Record<string, string>> = {
  "process execmem": "sandboxcontainer_execmem",
};

/** Lists the ways to allow what was denied, the narrowest first. */
export function advise(denial: Denial, subject: Subject): readonly Advice[] {
  if (denial.control === "apparmor") return adviseProfile(denial, subject.name);
  // No rule gives a sandbox access to categories that it does not have.
  const rules = isOfOthers(denial, subject) ? [] : [writeRule(denial)];
  return [...adviseBoolean(denial), ...adviseCapability(denial), ...adviseLabel(denial, subject), ...rules];
}

const isOfOthers = ({ source, target }: Denial, { level }: Subject): boolean =>
  ourDomain.test(source.type) && target.level !== level && /:c\d/.test(target.level);

function adviseBoolean({ targetClass, permissions, source }: Denial): readonly Advice[] {
  if (!ourDomain.test(source.type)) return [];
  return permissions.flatMap((permission): readonly Advice[] => {
    const name = booleans[`${targetClass} ${permission}`];
    if (name === undefined) return [];
    const command = ["setsebool", "-P", name, "on"];
    return [{ kind: "boolean", text: command.join(" "), command }];
  });
}

function adviseCapability({ targetClass, permissions, source }: Denial): readonly Advice[] {
  if (!isCapability(targetClass) || !ourDomain.test(source.type)) return [];
  const words = permissions.map((permission) => `+${permission}`).join(" ");
  return [
    {
      kind: "setting",
      text: `set Capabilities=${words} in the conf's [Security] section if it is not set yet, and load the rule`,
      command: null,
    },
  ];
}

const files = new Set(["file", "dir", "lnk_file", "fifo_file", "sock_file"]);

function adviseLabel(denial: Denial, subject: Subject): readonly Advice[] {
  const { targetClass, target, source } = denial;
  const { level, fileType } = subject;
  if (!files.has(targetClass) || !ourDomain.test(source.type)) return [];
  if (target.type === fileType && target.level === level) return [];
  const other = subject.others.get(target.level);
  if (other !== undefined) return [{ kind: "nothing", text: `it belongs to the sandbox ${other}`, command: null }];
  const path = denial.path ?? "";
  const mount = subject.mounts.find(({ inside }) => path === inside || path.startsWith(`${inside}/`));
  if (mount !== undefined) {
    const words = ["chcon", "-R", "-t", fileType, "-l", level];
    const text = [...words, quoteForShell(mount.host)].join(" ");
    return [{ kind: "label", text, command: [...words, mount.host] }];
  }
  // A file without categories usually belongs to the host, and has its own label for a good reason.
  if (target.level !== level && !isOfOthers(denial, subject)) return [];
  return [adviseRelabelling(subject)];
}

// The helper `label` leaves a root alone that had this label before, and may not touch other types. An administrator may.
function adviseRelabelling({ name, fileType, level }: Subject): Advice {
  const unit = `sandbox@${name}`;
  const tree = rootTree(parseSandboxName(name));
  return {
    kind: "label",
    text: `systemctl stop ${unit} && chcon -RPh -t ${fileType} -l ${level} ${tree} && systemctl start ${unit}`,
    command: [
      ...["sh", "-c", 'systemctl stop "$1" && chcon -RPh -t "$2" -l "$3" "$4" && systemctl start "$1"', "sh"],
      ...[unit, fileType, level, tree],
    ],
  };
}

// Writes CIL, which semodule(8) loads. The rule does not look at levels, so it holds for all sandboxes.
function writeRule({ source, target, targetClass, permissions }: Denial): Advice {
  const to = target.type === source.type ? "self" : target.type;
  const text = `(allow ${source.type} ${to} (${targetClass} (${permissions.join(" ")})))`;
  return { kind: "rule", text, command: null };
}
