import type { Label } from "./values/parse-label.ts";
import type { Network } from "./values/parse-network.ts";
import { kinds, oneOf, type ValueKind } from "./values/value-kinds.ts";

/** The sections whose keys are in this table. The keys of the other sections are systemd's. */
export type Section = "Sandbox" | "Network" | "Security";

/** Why only one sandbox can have a value. claims.ts says which values of the setting these are. */
export type Uniqueness = "port" | "address" | "identity" | "label" | "image";

interface Facts<Unique extends Uniqueness | undefined> {
  /** One line of help, as in the manual. */
  readonly help: string;
  /** Whether it makes sense for one sandbox only, not as a default of the host. */
  readonly own?: boolean;
  /** Why only one sandbox can have it; a clone does not get it. */
  readonly unique?: Unique;
  /** The settings without which it means nothing, or is refused. */
  readonly dependsOn?: readonly string[];
  /** The options of `create` that write it. If virt-sandbox-service had the option, the letter is the same. */
  readonly options?: readonly string[];
}

interface Common<Value, Unique extends Uniqueness | undefined> extends ValueKind<Value>, Required<Facts<Unique>> {
  readonly section: Section;
}
interface Single<Value, Default, Unique extends Uniqueness | undefined> extends Common<Value, Unique> {
  readonly repeats: false;
  readonly default: Default;
}
interface List<Value, Unique extends Uniqueness | undefined> extends Common<Value, Unique> {
  readonly repeats: true;
}

function single<Value, Default extends Value | undefined, const Unique extends Uniqueness | undefined = undefined>(
  section: Section,
  kind: ValueKind<Value>,
  fallback: Default,
  facts: Facts<Unique>,
): Single<Value, Default, Unique> {
  return { section, ...kind, ...complete(facts), repeats: false, default: fallback };
}

function list<Value, const Unique extends Uniqueness | undefined = undefined>(
  section: Section,
  kind: ValueKind<Value>,
  facts: Facts<Unique>,
): List<Value, Unique> {
  return { section, ...kind, ...complete(facts), repeats: true };
}

const complete = <Unique extends Uniqueness | undefined>(facts: Facts<Unique>): Required<Facts<Unique>> => ({
  own: false,
  unique: undefined as Unique,
  dependsOn: [],
  options: [],
  ...facts,
});

const none: Network = { kind: "none" };
const dynamic: Label = { kind: "dynamic" };
const own = true;

/** The conf language: the only place that says which settings exist, and what is known of each. */
export const settings = {
  Unit: list("Sandbox", kinds.unit, { help: "A unit of the host to run inside, by its full name; may repeat.", own }),
  Exec: single("Sandbox", kinds.command, undefined, { help: "A command to run inside instead of units.", own }),
  Package: list("Sandbox", kinds.package, {
    help: "Another package whose files belong in the root; may repeat.",
    options: ["-P, --package"],
  }),
  Copy: single("Sandbox", kinds.yesNo, false, {
    help: "Whether the root starts with the host's data from /var and /srv.",
  }),
  Mount: list("Sandbox", kinds.mount, {
    help: "A folder or image of the host, memory, or a folder of its own at a path inside; may repeat.",
    own,
    unique: "image",
    options: ["-m, --mount"],
  }),
  Image: single("Sandbox", kinds.size, undefined, {
    help: "The size of an image for the root, such as 2G, instead of a folder.",
    options: ["-i, --imagesize"],
  }),
  User: single("Sandbox", kinds.user, undefined, {
    help: "The user that Exec= runs as, by name or number.",
    own,
    dependsOn: ["Exec"],
    options: ["-U, --uid", "--username"],
  }),
  Group: single("Sandbox", kinds.group, undefined, {
    help: "The group that Exec= runs as, by name or number.",
    own,
    dependsOn: ["Exec"],
    options: ["-G, --gid"],
  }),
  Home: single("Sandbox", kinds.folder, undefined, {
    help: "The home folder that Exec= gets in HOME.",
    own,
    dependsOn: ["Exec"],
    options: ["--homedir"],
  }),
  Network: single("Network", kinds.network, none, {
    help: "none, host, the name of a libvirt network, or bridge:INTERFACE.",
    options: ["-N, --network"],
  }),
  Address: list("Network", kinds.interfaceAddress, {
    help: "dhcp, or an address with its subnet; may repeat.",
    own,
    unique: "address",
    dependsOn: ["Network"],
    options: ["--address"],
  }),
  Gateway: list("Network", kinds.address, {
    help: "The gateway for everything without a Route=; may repeat.",
    own,
    dependsOn: ["Network", "Address"],
  }),
  Route: list("Network", kinds.route, {
    help: "A subnet and the gateway to it; may repeat.",
    own,
    dependsOn: ["Network", "Address"],
  }),
  DNS: list("Network", kinds.address, { help: "A name server; may repeat.", dependsOn: ["Network"] }),
  MacAddress: single("Network", kinds.macAddress, undefined, {
    help: "The MAC address of the interface.",
    own,
    unique: "address",
    dependsOn: ["Network"],
  }),
  Filter: single("Network", kinds.filter, undefined, {
    help: "A libvirt filter that replaces ours against spoofing, or none.",
  }),
  Isolated: single("Network", kinds.yesNo, true, {
    help: "Whether it cannot reach other isolated sandboxes of the network.",
  }),
  Publish: list("Network", kinds.publish, {
    help: "A port of the host that leads to one of the sandbox; may repeat.",
    own,
    unique: "port",
    options: ["-p, --publish"],
  }),
  PublishBy: single("Network", oneOf("kernel", "proxy"), "kernel", {
    help: "kernel, or proxy: who leads to ports that are not on the host's loopback.",
  }),
  LinkRange: list("Network", kinds.linkRange, {
    help: "A subnet for the links of sandboxes with ports; one for each family.",
  }),
  Listen: list("Network", kinds.listen, {
    help: "A port of the host that is passed to the sandbox as a socket; may repeat.",
    own,
    unique: "port",
    options: ["--listen"],
  }),
  OnDemand: single("Network", kinds.yesNo, false, {
    help: "Whether the first connection starts the sandbox.",
    own,
    dependsOn: ["Publish", "Listen"],
  }),
  IdleStopSec: single("Network", kinds.timeSpan, undefined, {
    help: "How long after the last connection it stops.",
    own,
    dependsOn: ["OnDemand"],
  }),
  Label: single("Security", kinds.label, dynamic, {
    help: "What confines it: dynamic, selinux, apparmor, an SELinux label, an AppArmor profile, or none.",
    unique: "label",
    options: ["-s, --security"],
  }),
  UserNamespace: single("Security", kinds.yesNo, true, { help: "Whether root inside is nobody outside." }),
  HostIds: single("Security", kinds.ids, undefined, {
    help: "The first of its 65,536 ids on the host.",
    own,
    unique: "identity",
  }),
  Level: single("Security", kinds.level, undefined, {
    help: "Its SELinux level, such as s0:c1,c2.",
    own,
    unique: "identity",
  }),
  FileType: single("Security", kinds.fileType, undefined, {
    help: "The SELinux type of the root's files.",
    options: ["-f, --filetype"],
  }),
  Capabilities: list("Security", kinds.capability, { help: "A capability to add (+) or remove (-); may repeat." }),
  SystemCallFilter: list("Security", kinds.systemCalls, {
    help: "System calls and groups of them to allow, or with ~ to deny; may repeat.",
  }),
} as const;

export type SettingName = keyof typeof settings;

/** One value of a setting. */
export type ValueOf<Name extends SettingName> = ReturnType<(typeof settings)[Name]["parse"]>;

/** The values of all settings, by their keys. */
export type Values = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends { readonly default: infer Default }
    ? ValueOf<Name> | Default
    : readonly ValueOf<Name>[];
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
