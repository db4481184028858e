import { parseInterfaceAddress, parseIpAddress, parseMacAddress, parseRoute } from "./values/parse-address.ts";
import { parseCapability } from "./values/parse-capability.ts";
import { parseExec } from "./values/parse-exec.ts";
import { parseImage } from "./values/parse-image.ts";
import { type Label, parseLabel } from "./values/parse-label.ts";
import { parseMount } from "./values/parse-mount.ts";
import { type Network, parseNetwork } from "./values/parse-network.ts";
import { parseLinkRange } from "./values/parse-link-range.ts";
import { parseListen, parsePublish } from "./values/parse-publish.ts";
import { parseSystemCallFilter } from "./values/parse-system-call-filter.ts";
import {
  parseAccount,
  parseBoolean,
  parseContentUnit,
  parseFileType,
  parseFilter,
  parseIdBase,
  parseLevel,
  parsePackage,
  parsePath,
  parsePublishBy,
  parseTimeSpan,
  type PublishBy,
} from "./values/values.ts";

/** The sections whose keys are in this table. The keys of the other sections are systemd's. */
export type Section = "Sandbox" | "Network" | "Security";

interface Common<Value> {
  readonly section: Section;
  /** Parses the text after `=`. Throws a ValueError. */
  readonly parse: (text: string) => Value;
  /** One line of help, as in the manual. */
  readonly help: string;
  /** Whether it makes sense for one sandbox only, not as a default of the host. */
  readonly own: boolean;
}
interface Single<Value, Default extends Value | undefined> extends Common<Value> {
  readonly repeats: false;
  readonly default: Default;
}
interface List<Value> extends Common<Value> {
  readonly repeats: true;
}

interface Flags {
  readonly own?: true;
}

function single<Value, Default extends Value | undefined>(
  section: Section,
  parse: (text: string) => Value,
  fallback: Default,
  help: string,
  more: Flags = {},
): Single<Value, Default> {
  return { section, parse, help, repeats: false, default: fallback, own: more.own === true };
}

function list<Value>(section: Section, parse: (text: string) => Value, help: string, more: Flags = {}): List<Value> {
  return { section, parse, help, repeats: true, own: more.own === true };
}

const byKernel: PublishBy = "kernel";
const none: Network = { kind: "none" };
const dynamic: Label = { kind: "dynamic" };
const own = { own: true } as const;

/** The conf language: the only place that says which settings exist. */
export const settings = {
  Unit: list("Sandbox", parseContentUnit, "A unit of the host to run inside, by its full name; may repeat.", own),
  Exec: single("Sandbox", parseExec, undefined, "A command to run inside instead of units.", own),
  Package: list("Sandbox", parsePackage, "Another package whose files belong in the root; may repeat."),
  Copy: single("Sandbox", parseBoolean, false, "Whether the root starts with the host's data from /var and /srv."),
  Mount: list(
    "Sandbox",
    parseMount,
    "A folder or image of the host, memory, or a folder of its own at a path inside; may repeat.",
    own,
  ),
  Image: single(
    "Sandbox",
    parseImage,
    undefined,
    "The size of an image for the root, such as 2G. Without it, the root is a folder.",
  ),
  User: single("Sandbox", parseAccount, undefined, "The user that Exec= runs as.", own),
  Group: single("Sandbox", parseAccount, undefined, "The group that Exec= runs as.", own),
  Home: single("Sandbox", parsePath, undefined, "The home folder that Exec= gets in HOME.", own),
  Network: single("Network", parseNetwork, none, "none, host, the name of a libvirt network, or bridge:INTERFACE."),
  Address: list("Network", parseInterfaceAddress, "dhcp, or an address with its subnet; may repeat.", own),
  Route: list("Network", parseRoute, "A subnet and the gateway to it; may repeat.", own),
  Gateway: list("Network", parseIpAddress, "The gateway for everything without a Route=; may repeat.", own),
  DNS: list("Network", parseIpAddress, "A name server; may repeat."),
  MacAddress: single("Network", parseMacAddress, undefined, "The MAC address of the interface.", own),
  Filter: single("Network", parseFilter, undefined, "A libvirt filter that replaces ours against spoofing, or none."),
  Isolated: single("Network", parseBoolean, true, "Whether it cannot reach other isolated sandboxes of the network."),
  Publish: list("Network", parsePublish, "A port of the host that leads to one of the sandbox; may repeat.", own),
  PublishBy: single(
    "Network",
    parsePublishBy,
    byKernel,
    "kernel, or proxy: who leads to ports that are not on the host's loopback.",
  ),
  LinkRange: list("Network", parseLinkRange, "A subnet for the links of sandboxes with ports; one for each family."),
  Listen: list(
    "Network",
    parseListen,
    "A port of the host that is passed to the sandbox as a socket; may repeat.",
    own,
  ),
  OnDemand: single("Network", parseBoolean, false, "Whether the first connection starts the sandbox.", own),
  IdleStopSec: single("Network", parseTimeSpan, undefined, "How long after the last connection it stops.", own),
  Label: single(
    "Security",
    parseLabel,
    dynamic,
    "What confines it: dynamic, selinux, apparmor, an SELinux label, an AppArmor profile, or none.",
  ),
  UserNamespace: single("Security", parseBoolean, true, "Whether root inside is nobody outside."),
  HostIds: single("Security", parseIdBase, undefined, "The first of its 65,536 ids on the host.", own),
  Level: single("Security", parseLevel, undefined, "Its SELinux level, such as s0:c1,c2.", own),
  FileType: single("Security", parseFileType, undefined, "The SELinux type of the root's files."),
  Capabilities: list("Security", parseCapability, "A capability to add (+) or remove (-); may repeat."),
  SystemCallFilter: list(
    "Security",
    parseSystemCallFilter,
    "System calls and groups of them to allow, or with ~ to deny; may repeat.",
  ),
} as const;

export type SettingName = keyof typeof settings;

/** The values of all settings, by their keys. */
export type Values = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends List<infer Value>
    ? readonly Value[]
    : (typeof settings)[Name] extends Single<infer Value, infer Default>
      ? Value | Default
      : never;
};

/** Whether a key is in the table; `__proto__` and the like are not. */
export const isSettingName = (key: string): key is SettingName => Object.hasOwn(settings, key);

export const settingNames = Object.keys(settings) as readonly SettingName[];
