import { parseExec } from "./values/exec.ts";
import {
  kind,
  oneOf,
  parseCapability,
  parseImage,
  parseSystemCallFilter,
  type ValueKind,
  yesNo,
} from "./values/kinds.ts";
import { type Label, labelWords, parseLabel } from "./values/label.ts";
import { parseMount } from "./values/mount.ts";
import {
  type Network,
  parseInterfaceAddress,
  parseIpAddress,
  parseLinkRange,
  parseMacAddress,
  parseNetwork,
  parseRoute,
} from "./values/network.ts";
import { parseListen, parsePublish } from "./values/publish.ts";
import {
  parseAccount,
  parseContentUnit,
  parseFileType,
  parseFilter,
  parseIdBase,
  parseLevel,
  parsePackage,
  parsePath,
  parseTimeSpan,
} from "./values/values.ts";

/** The sections whose keys are in this table. The keys of the other sections are systemd's. */
export type Section = "Sandbox" | "Network" | "Security";

/** Why only one sandbox can have a value. claims.ts says which values of the setting these are. */
export type Uniqueness = "port" | "address" | "identity" | "label" | "image";

interface Facts<Unique extends Uniqueness | undefined> {
  /** One line of help, as in the manual. */
  readonly help: string;
  /** Whether it makes sense for one sandbox only, not as a default of the host; unless said, if it is unique. */
  readonly own?: boolean;
  /** Why only one sandbox can have it; a clone does not get it. */
  readonly unique?: Unique;
  /** The settings without which it means nothing, or is refused. */
  readonly dependsOn?: readonly string[];
  /** The options of `create` that write it. If virt-sandbox-service had the option, the letter is the same. */
  readonly options?: readonly string[];
}

interface Row<Value, Default, Repeats, Unique extends Uniqueness | undefined>
  extends ValueKind<Value>, Required<Facts<Unique>> {
  readonly section: Section;
  readonly default: Default;
  readonly repeats: Repeats;
}

function single<Value, Default extends Value | undefined, const Unique extends Uniqueness | undefined = undefined>(
  section: Section,
  kind: ValueKind<Value>,
  fallback: Default,
  facts: Facts<Unique>,
): Row<Value, Default, false, Unique> {
  return { section, ...kind, ...complete(facts), default: fallback, repeats: false };
}

function list<Value, const Unique extends Uniqueness | undefined = undefined>(
  section: Section,
  kind: ValueKind<Value>,
  facts: Facts<Unique>,
): Row<Value, readonly Value[], true, Unique> {
  return { section, ...kind, ...complete(facts), default: [], repeats: true };
}

const complete = <Unique extends Uniqueness | undefined>(facts: Facts<Unique>): Required<Facts<Unique>> => ({
  own: facts.unique !== undefined,
  unique: undefined as Unique,
  dependsOn: [],
  options: [],
  ...facts,
});

const none: Network = { kind: "none" };
const dynamic: Label = { kind: "dynamic" };

/** The conf language: the only place that says which settings exist, and what is known of each. */
export const settings = {
  Unit: list("Sandbox", kind("unit", parseContentUnit), {
    help: "A unit of the host to run inside, by its full name; may repeat.",
    own: true,
  }),
  Exec: single("Sandbox", kind("command", parseExec), undefined, {
    help: "A command to run inside instead of units.",
    own: true,
  }),
  Package: list("Sandbox", kind("package", parsePackage), {
    help: "Another package whose files belong in the root; may repeat.",
    options: ["-P, --package"],
  }),
  Copy: single("Sandbox", yesNo, false, {
    help: "Whether the root starts with the host's data from /var and /srv.",
  }),
  Mount: list("Sandbox", kind("kind:inside=what", parseMount), {
    help: "A folder or image of the host, memory, or a folder of its own at a path inside; may repeat.",
    unique: "image",
    options: ["-m, --mount"],
  }),
  Image: single("Sandbox", kind("size", parseImage), undefined, {
    help: "The size of an image for the root, such as 2G, instead of a folder.",
    options: ["-i, --imagesize"],
  }),
  User: single("Sandbox", kind("user", parseAccount), undefined, {
    help: "The user that Exec= runs as, by name or number.",
    own: true,
    dependsOn: ["Exec"],
    options: ["-U, --uid", "--username"],
  }),
  Group: single("Sandbox", kind("group", parseAccount), undefined, {
    help: "The group that Exec= runs as, by name or number.",
    own: true,
    dependsOn: ["Exec"],
    options: ["-G, --gid"],
  }),
  Home: single("Sandbox", kind("folder", parsePath), undefined, {
    help: "The home folder that Exec= gets in HOME.",
    own: true,
    dependsOn: ["Exec"],
    options: ["--homedir"],
  }),
  Network: single("Network", kind("network", parseNetwork), none, {
    help: "none, host, the name of a libvirt network, or bridge:INTERFACE.",
    options: ["-N, --network"],
  }),
  Address: list("Network", kind("address/length", parseInterfaceAddress, ["dhcp"]), {
    help: "dhcp, or an address with its subnet; may repeat.",
    unique: "address",
    dependsOn: ["Network"],
    options: ["--address"],
  }),
  Gateway: list("Network", kind("address", parseIpAddress), {
    help: "The gateway for everything without a Route=; may repeat.",
    own: true,
    dependsOn: ["Network", "Address"],
  }),
  Route: list("Network", kind("subnet via gateway", parseRoute), {
    help: "A subnet and the gateway to it; may repeat.",
    own: true,
    dependsOn: ["Network", "Address"],
  }),
  DNS: list("Network", kind("address", parseIpAddress), { help: "A name server; may repeat.", dependsOn: ["Network"] }),
  MacAddress: single("Network", kind("mac", parseMacAddress), undefined, {
    help: "The MAC address of the interface.",
    unique: "address",
    dependsOn: ["Network"],
  }),
  Filter: single("Network", kind("filter", parseFilter, ["none"]), undefined, {
    help: "A libvirt filter that replaces ours against spoofing, or none.",
  }),
  Isolated: single("Network", yesNo, true, {
    help: "Whether it cannot reach other isolated sandboxes of the network.",
  }),
  Publish: list("Network", kind("[address:]hostport:port[/udp]", parsePublish), {
    help: "A port of the host that leads to one of the sandbox; may repeat.",
    unique: "port",
    options: ["-p, --publish"],
  }),
  PublishBy: single("Network", oneOf("kernel", "proxy"), "kernel", {
    help: "kernel, or proxy: who leads to ports that are not on the host's loopback.",
  }),
  LinkRange: list("Network", kind("subnet", parseLinkRange), {
    help: "A subnet for the links of sandboxes with ports; one for each family.",
  }),
  Listen: list("Network", kind("[address:]port", parseListen), {
    help: "A port of the host that is passed to the sandbox as a socket; may repeat.",
    unique: "port",
    options: ["--listen"],
  }),
  OnDemand: single("Network", yesNo, false, {
    help: "Whether the first connection starts the sandbox.",
    own: true,
    dependsOn: ["Publish", "Listen"],
  }),
  IdleStopSec: single("Network", kind("time", parseTimeSpan), undefined, {
    help: "How long after the last connection it stops.",
    own: true,
    dependsOn: ["OnDemand", "Publish"],
  }),
  Label: single("Security", kind("label", parseLabel, labelWords), dynamic, {
    help: "What confines it: dynamic, selinux, apparmor, an SELinux label, an AppArmor profile, or none.",
    own: false,
    unique: "label",
    options: ["-s, --security"],
  }),
  UserNamespace: single("Security", yesNo, true, { help: "Whether root inside is nobody outside." }),
  HostIds: single("Security", kind("id", parseIdBase), undefined, {
    help: "The first of its 65,536 ids on the host.",
    unique: "identity",
  }),
  Level: single("Security", kind("level", parseLevel), undefined, {
    help: "Its SELinux level, such as s0:c1,c2.",
    unique: "identity",
  }),
  FileType: single("Security", kind("type", parseFileType), undefined, {
    help: "The SELinux type of the root's files.",
    options: ["-f, --filetype"],
  }),
  Capabilities: list("Security", kind("capability", parseCapability), {
    help: "A capability to add (+) or remove (-); may repeat.",
  }),
  SystemCallFilter: list("Security", kind("calls", parseSystemCallFilter), {
    help: "System calls and groups of them to allow, or with ~ to deny; may repeat.",
  }),
} as const;

export type SettingName = keyof typeof settings;

/** One value of a setting. */
export type ValueOf<Name extends SettingName> = ReturnType<(typeof settings)[Name]["parse"]>;

/** The values of all settings, by their keys. */
export type Values = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends { readonly repeats: true }
    ? readonly ValueOf<Name>[]
    : ValueOf<Name> | (typeof settings)[Name]["default"];
};

/** Whether a key is in the table; `__proto__` and the like are not. */
export const isSettingName = (key: string): key is SettingName => Object.hasOwn(settings, key);

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** Lists the settings that mean nothing, or are refused, without this one. */
export const dependentsOf = (name: SettingName): readonly SettingName[] =>
  settingNames.filter((each) => settings[each].dependsOn.includes(name));

/** Lists the settings that only one sandbox can have for this reason. */
export const uniqueAs = <Reason extends Uniqueness>(reason: Reason): readonly UniqueAs<Reason>[] =>
  settingNames.filter((name): name is UniqueAs<Reason> => settings[name].unique === reason);

type UniqueAs<Reason extends Uniqueness> = {
  [Name in SettingName]: (typeof settings)[Name]["unique"] extends Reason ? Name : never;
}[SettingName];
