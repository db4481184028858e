import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { orMissing } from "../../base/files.ts";
import { helperDirectory, libraryDirectory, stateDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Conf } from "../../conf/conf.ts";
import { loadProfiles, profileOf, type ProfileRole, profileRoles, readLoadedProfile } from "../host/walls/apparmor.ts";
import { replaceFile } from "../sandbox/state.ts";
import { hasNetworkRights, planCapabilities } from "./prepare/capabilities.ts";
import { neededByStart } from "./prepare/plan-start.ts";

// In the state directory: `profile`, its text; `loaded`, what the kernel says of it; `cache`, what it compiles to.
const place = (name: SandboxName, file: string): string => join(stateDirectory(name), "apparmor", file);

/** Writes the profile of a sandbox and loads it. Throws a SandboxError. */
export async function settleProfile(conf: Profiled): Promise<void> {
  const { name, Label: label } = conf;
  if (label.kind === "apparmor" && label.profile !== undefined) requireEnforced(label.profile);
  mkdirSync(place(name, ""), { recursive: true, mode: 0o700 });
  replaceFile(place(name, "profile"), renderProfile(conf));
  await load(name);
}

/**
 * Loads the profile of a sandbox if the kernel lacks it, or has another one of that name or one that only complains: after
 * a boot, or if somebody removed or replaced it. Throws a SandboxError.
 */
export async function ensureProfile(name: SandboxName, wanted: string): Promise<void> {
  if (wanted !== profileOf(name)) requireEnforced(wanted);
  const known = orMissing(() => readFileSync(place(name, "loaded"), "utf8"));
  if (readLoaded(name) === known) return;
  await load(name);
}

async function load(name: SandboxName): Promise<void> {
  await loadProfiles(place(name, "profile"), place(name, "cache"));
  replaceFile(place(name, "loaded"), readLoaded(name));
}

/** What the kernel says of each of its profiles, a line each: empty for those that it does not have. */
const readLoaded = (name: SandboxName): string =>
  [undefined, ...profileRoles].map((role) => `${readLoadedProfile(profileOf(name, role)) ?? ""}\n`).join("");

function requireEnforced(profile: string): void {
  const loaded = readLoadedProfile(profile);
  if (loaded !== undefined && /^enforce\b/.test(loaded)) return;
  throw new SandboxError(
    loaded === undefined
      ? `the AppArmor profile ${profile} is not loaded`
      : `the AppArmor profile ${profile} is not enforced`,
    { hint: `Load it (apparmor_parser --replace FILE) and enforce it, or set Label=apparmor for a profile of its own` },
  );
}

/** The conf of a sandbox as far as its profile depends on it. */
export type Profiled = Pick<Conf, "name" | "Exec" | "Capabilities" | "UserNamespace" | "Network" | "Label">;

// Paths that a mount of another namespace has, and files that were deleted, count as below the sandbox's root.
const flags = "flags=(attach_disconnected,mediate_deleted)";
/** systemd mounts, looks at processes, and maps root into user namespaces. Its services do not, whatever the conf says. */
export const ofSystemd: readonly string[] = ["setfcap", "sys_admin", "sys_ptrace"];
// To give up rights, and for the root of what enters.
const neededByEntry = ["setpcap", "sys_chroot"];

/**
 * Writes the AppArmor profiles of a sandbox (apparmor.d(5)): a few lines on top of the rules in policy/apparmor. In a
 * sandbox with Unit= the first one is systemd's, and services run in it and in that of services at the same time. A command
 * has only the rules of services. Others are for the first program and for the DHCP client. With a profile of the
 * administrator's only these two remain. Same input, same bytes.
 */
export function renderProfile(conf: Profiled): string {
  return [
    `# Made by sandboxcontainer from the conf of ${conf.name}. Own rules: ${ownRules(conf.name)}`,
    "abi <abi/4.0>,",
    "include <tunables/global>",
    ...planBlocks(conf).flatMap(({ role, rules }) => [
      "",
      `profile ${profileOf(conf.name, role)} ${flags} {`,
      ...rules.map((rule) => `  ${rule}`),
      "}",
    ]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** The file with an administrator's rules for a sandbox. */
export const ownRules = (name: SandboxName): string => `/etc/apparmor.d/local/sandboxcontainer-${name}`;

interface Block {
  readonly role: ProfileRole | undefined;
  readonly rules: readonly string[];
}

function planBlocks(conf: Profiled): readonly Block[] {
  const address: Block = { role: "address", rules: [includeRules("address"), amongOwn("signal", conf.name)] };
  return [{ role: "start", rules: renderStart(conf) }, ...planInner(conf), address];
}

function planInner(conf: Profiled): readonly Block[] {
  if (administratorsProfile(conf) !== undefined) return [];
  const own = profileOf(conf.name);
  const service = profileOf(conf.name, "service");
  if (conf.Exec !== undefined) return [{ role: undefined, rules: renderService(conf, [`ptrace peer="${own}",`]) }];
  // They may trace each other, but of systemd, which has more rights, only read.
  const traces = [`ptrace (read, readby, tracedby) peer="${own}",`, `ptrace peer="{,${own}//&}${service}",`];
  return [
    { role: undefined, rules: renderSystemd(conf, service) },
    { role: "service", rules: renderService(conf, traces) },
    { role: "renew", rules: renderRenewal(conf) },
  ];
}

function renderStart(conf: Profiled): readonly string[] {
  const next = conf.Exec === undefined ? "/usr/lib/systemd/systemd" : join(helperDirectory, "inside/init");
  return [
    includeRules("start"),
    `${next} px -> ${administratorsProfile(conf) ?? profileOf(conf.name)},`,
    renderCapabilities([...planCapabilities(conf), ...neededByStart]),
    amongOwn("signal", conf.name),
  ];
}

const renderSystemd = (conf: Profiled, service: string): readonly string[] => [
  includeRules("systemd"),
  includeOwn(conf.name),
  // Only child profiles are looked for by the path of the program, and there are none. Otherwise a profile of the host,
  // such as dnsmasq's, would replace that of systemd in the stack.
  `/** cix -> &${service},`,
  `${join(helperDirectory, "inside/renew-credentials")} Px -> ${profileOf(conf.name, "renew")},`,
  renderCapabilities(planCapabilities(conf)),
  amongOwn("signal", conf.name),
  amongOwn("ptrace", conf.name),
];

const renderRenewal = (conf: Profiled): readonly string[] => [
  includeRules("renew"),
  renderCapabilities(["chown", "dac_override", "dac_read_search", "fowner", "fsetid", "sys_admin"]),
  amongOwn("signal", conf.name),
];

function renderService(conf: Profiled, traces: readonly string[]): readonly string[] {
  const withheld = conf.Exec === undefined ? ofSystemd : [];
  const kept = planCapabilities(conf).filter((capability) => !withheld.includes(capability));
  return [
    includeRules("service"),
    includeOwn(conf.name),
    renderCapabilities([...kept, ...neededByEntry]),
    // journald asks for these, and works without.
    ...(withheld.length === 0 ? [] : ["deny capability sys_admin sys_ptrace,"]),
    ...(hasNetworkRights(conf) ? ["network packet,"] : []),
    amongOwn("signal", conf.name),
    ...traces,
  ];
}

const administratorsProfile = ({ Label: label }: Profiled): string | undefined =>
  label.kind === "apparmor" ? label.profile : undefined;

const includeRules = (rules: ProfileRole | "systemd"): string =>
  `include "${join(libraryDirectory, "apparmor", rules)}"`;

const includeOwn = (name: SandboxName): string => `include if exists "${ownRules(name)}"`;

const renderCapabilities = (capabilities: readonly string[]): string =>
  `capability ${[...new Set(capabilities)].sort().join(" ")},`;

function amongOwn(what: "ptrace" | "signal", name: SandboxName): string {
  const own = profileOf(name);
  return `${what} peer="${own}{,@*,//&${own}@*}",`;
}
