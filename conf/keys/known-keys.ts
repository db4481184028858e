import { findNearest } from "../../base/text.ts";
import { credentialKeys } from "../credentials.ts";
import { settingNames, settings } from "../settings.ts";
import { type Refusal, refuseKnownKey } from "./refused-keys.ts";
import { snapshotKeys } from "./snapshot-keys.ts";
import { fixedResourceKeys, installKeys, resourceKeys, serviceKeys, timerKeys, unitKeys } from "./systemd-keys.ts";

/** Says why a line may not be passed to [Unit] or [Service] of the instance unit; undefined if it may. */
export function refuseLine(section: "Unit" | "Service", key: string, value: string): Refusal | undefined {
  if (!/^[A-Z][A-Za-z0-9-]*$/.test(key)) {
    return { message: `\`${key.slice(0, 80)}\` is not a key`, hint: "See systemd.directives(7)" };
  }
  return refuseKnownKey(section, key, value) ?? refuseSlip(section, key);
}

function refuseSlip(section: "Unit" | "Service", key: string): Refusal | undefined {
  const [known, others, other] =
    section === "Unit" ? [unitKeys, serviceKeys, "Service"] : [serviceKeys, unitKeys, "Unit"];
  if (known.includes(key) || /^(X-|Condition|Assert)/.test(key)) return undefined;
  const message = `${key}= is not a key of [${section}]`;
  if (others.includes(key)) return { message, hint: `It belongs in section [${other}]` };
  if (timerKeys.has(key)) return { message, hint: "It belongs in section [Timer]" };
  const nearest = findNearest(key, known);
  return nearest === undefined ? undefined : { message, hint: `Did you mean ${nearest}=?` };
}

const ofSettings = { effect: "restart", manual: "sandboxcontainer.conf(5)" } as const;

/** When a change in a section is in effect in a running sandbox, and the manual page that explains its keys. */
export const sectionFacts = {
  Sandbox: ofSettings,
  Network: ofSettings,
  Security: ofSettings,
  Resources: { effect: "now", manual: "systemd.resource-control(5)" },
  Timer: { effect: "now", manual: "systemd.timer(5)" },
  Snapshots: { effect: "now", manual: "sandboxcontainer.conf(5)" },
  Unit: { effect: "now", manual: "systemd.unit(5)" },
  Service: { effect: "now", manual: "systemd.service(5)" },
  Install: { effect: "now", manual: "systemd.unit(5)" },
} as const;

export type ConfSection = keyof typeof sectionFacts;

/** When a change of a key is in effect in a running sandbox. systemd gives credentials to a start. */
export const effectOf = (section: ConfSection, key: string): "now" | "restart" =>
  section === "Service" && credentialKeys.includes(key) ? "restart" : sectionFacts[section].effect;

export const sections = Object.keys(sectionFacts) as readonly ConfSection[];

export const isKnownSection = (name: string): name is ConfSection => Object.hasOwn(sectionFacts, name);

/** The keys that a section accepts. Those of [Unit] and [Service] are systemd's, and systemd knows best which exist. */
export const keysOf: ReadonlyMap<ConfSection, readonly string[]> = new Map<ConfSection, readonly string[]>([
  ...Map.groupBy(settingNames, (key) => settings[key].section),
  ["Resources", [...resourceKeys.keys()]],
  ["Timer", [...timerKeys.keys()]],
  ["Snapshots", [...snapshotKeys.keys()]],
  ["Install", installKeys],
]);

/** Says why a key is not allowed in a section; undefined if it is allowed. */
export function refuseKey(section: ConfSection, key: string, value: string): Refusal | undefined {
  const keys = keysOf.get(section);
  if (keys?.includes(key) === true) return undefined;
  if (keys !== undefined) return refuseFixed(key) ?? refuseUnknown(section, key, keys);
  return section === "Unit" || section === "Service" ? refuseLine(section, key, value) : undefined;
}

function refuseFixed(key: string): Refusal | undefined {
  if (fixedResourceKeys.has(key)) {
    return refuse(
      `${key}= cannot be set on a running container`,
      "See systemd.resource-control(5) for limits that can",
    );
  }
  return undefined;
}

function refuseUnknown(section: ConfSection, key: string, keys: readonly string[]): Refusal {
  if (section === "Install" && key === "Alias") {
    return refuse(
      "Alias= is not possible: systemd accepts no alias for an instance",
      "Give the sandbox the name that you want to use",
    );
  }
  if (section === "Timer" && key === "Unit") {
    return refuse("Unit= in [Timer] is fixed: the timer starts the sandbox", "Remove it; Exec= says what runs");
  }
  const shown = key.slice(0, 80);
  if (section === "Snapshots" && timerKeys.has(key))
    return refuse(`${shown}= is not a key of [Snapshots]`, "Only OnCalendar= says when a snapshot is made");
  const homes = [...keysOf].filter(([, others]) => others.includes(key)).map(([home]) => `[${home}]`);
  if (homes.length > 0)
    return refuse(`${shown}= is not a key of [${section}]`, `It belongs in section ${homes.join(" or ")}`);
  const nearest = findNearest(key, keys);
  const all =
    section === "Resources" ? "See systemd.resource-control(5)" : `Keys of [${section}] are ${keys.join(", ")}`;
  return refuse(`${shown}= is not a key of [${section}]`, nearest === undefined ? all : `Did you mean ${nearest}=?`);
}

const refuse = (message: string, hint: string): Refusal => ({ message, hint });
