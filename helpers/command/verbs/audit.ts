import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import { tryReadRunning } from "../../run/running/read-running.ts";
import { readAllStates, tryReadState } from "../../sandbox/state.ts";
import { type Advice, advise, type Subject } from "../audit/advise.ts";
import { type DenialGroup, describeDenial, groupDenials, ofSandbox } from "../audit/describe-denial.ts";
import { parseSince, readDenials } from "../audit/read-audit.ts";
import { print, printJson } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";
import { formatTime } from "./list.ts";

export const verb: Verb = {
  name: "audit",
  group: "Explain",
  summary: "show what SELinux or AppArmor denied to a sandbox, and how to allow it",
  places: { "<name>": "sandbox" },
  options: { "--since <time>": "show denials since this time, such as today, 2h (ago) or 2026-11-25" },
  json: `{ text: string; count: number; first: number; last: number; permissive: boolean; who: { comm: string | null;
    exe: string | null; pid: number | null; uid: number | null; source: { type: string; level: string } }; what: {
    permissions: string[]; target: { type: string; level: string }; targetClass: string; path: string | null;
    detail: string | null }; allow: { kind: "setting" | "boolean" | "label" | "rule" | "local" | "nothing";
    text: string; command: string[] | null }[] }[]`,
  examples: ["audit web1 --since today"],
  run: auditSandbox,
};

async function auditSandbox(text: string, options: { since?: string; json?: boolean }): Promise<void> {
  const name = requireSandbox(text);
  const since = options.since === undefined ? 0 : parseSince(options.since, new Date());
  const { level, idBase } = tryReadState(name) ?? {};
  const denials = await readDenials(since);
  if (denials === undefined)
    throw new SandboxError("neither SELinux nor AppArmor is enabled in the running kernel, so nothing is denied");
  if (level === undefined && tryReadRunning(name)?.control.kind !== "apparmor")
    throw new SandboxError(`sandbox ${name} has neither an SELinux level nor an AppArmor profile`, {
      hint: "It gets one when its root is made, unless its conf says Label=none",
    });
  const subject = describeSubject(name, level ?? "", idBase ?? 0);
  const groups = groupDenials(ofSandbox(denials, name, level));
  if (options.json === true) printJson(groups.map((group) => describeGroup(group, subject)));
  else if (groups.length === 0)
    print(`Nothing was denied to ${name}${options.since === undefined ? "" : " since then"}`);
  else print(groups.map((group) => formatGroup(group, subject)).join("\n"));
}

function describeSubject(name: SandboxName, level: string, idBase: number): Subject {
  const states = readAllStates().filter((other) => other.name !== name);
  const others = new Map(
    states.flatMap(({ name: other, state }) => (state.level === undefined ? [] : [[state.level, other]])),
  );
  return { name, level, idBase, others, ...readConf(name) };
}

// A conf that cannot be read must not hide the denials.
function readConf(name: SandboxName): Pick<Subject, "fileType" | "mounts"> {
  const fileType = "sandboxcontainer_file_t";
  try {
    const { FileType, Mount } = loadConf(name);
    const mounts = Mount.flatMap((mount) =>
      mount.kind === "host-bind" ? [{ inside: mount.target, host: mount.source }] : [],
    );
    return { fileType: FileType ?? fileType, mounts };
  } catch {
    return { fileType, mounts: [] };
  }
}

/** Describes a group for JSON. */
export function describeGroup(
  { denial, count, first, last }: DenialGroup,
  subject: Subject,
): Readonly<Record<string, unknown>> {
  const { permissions, source, target, targetClass, comm, exe, pid, uid, path, detail, permissive } = denial;
  const who = { comm, exe, pid, uid, source };
  const what = { permissions, target, targetClass, path, detail };
  return {
    text: describeDenial(denial, subject.idBase),
    count,
    first,
    last,
    permissive,
    who,
    what,
    allow: advise(denial, subject),
  };
}

function formatGroup({ denial, count, first, last }: DenialGroup, subject: Subject): string {
  const when = count === 1 ? formatTime(last) : `${count} times, ${formatTime(first)} to ${formatTime(last)}`;
  const ways = advise(denial, subject).map((way) => `  ${titles[way.kind]}: ${way.text}\n`);
  return `${describeDenial(denial, subject.idBase)}\n  ${when}\n${ways.join("")}`;
}

const titles: Readonly<Record<Advice["kind"], string>> = {
  setting: "allow it in this sandbox",
  boolean: "allow it in all sandboxes",
  label: "give it the sandbox's label",
  rule: "rule that allows it in all sandboxes",
  local: "allow it in this sandbox",
  nothing: "cannot be allowed",
};
