import { SandboxError } from "../../../base/errors.ts";
import { connectSystemd, type Systemd, type UnitProperties } from "../../host/systemd/systemd.ts";
import { listOf, rowsOf, textOf } from "../../host/systemd/unit-properties.ts";
import type { UnitFacts } from "../manifest/units.ts";
import { readDirectories } from "./find-units-of.ts";

/**
 * Reads the host systemd's facts about units and about the units that they start (a socket's service). Throws a
 * SandboxError for an unknown unit. With `needed` it skips such a unit, and one that no sandbox can run.
 */
export async function readUnitFacts(
  units: readonly string[],
  purpose: "asked" | "needed" = "asked",
): Promise<readonly UnitFacts[]> {
  if (units.length === 0) return [];
  using systemd = await connectSystemd();
  const read = async (unit: string): Promise<UnitFacts> => toUnitFacts(unit, await systemd.readUnit(unit));
  if (purpose === "needed") return (await Promise.all(units.map((unit) => read(unit).catch(skip)))).flat();
  const facts = await Promise.all(units.map(read));
  const triggered = [...new Set(facts.flatMap(({ triggers }) => triggers))].filter((name) => !units.includes(name));
  return [...facts, ...(await Promise.all(triggered.map((unit) => readTriggered(systemd, unit)))).flat()];
}

// A unit may want others that are not installed, or that no sandbox can run.
function skip(error: unknown): readonly UnitFacts[] {
  if (error instanceof SandboxError) return [];
  throw error;
}

/** A socket of a template triggers an instance that may not exist. */
async function readTriggered(systemd: Systemd, unit: string): Promise<readonly UnitFacts[]> {
  const properties = await systemd.readUnit(unit);
  return properties["LoadState"] === "loaded" ? [toUnitFacts(unit, properties)] : [];
}

// systemd.unit(5). Upholds= is a Wants= that systemd repeats.
const needs = ["Requires", "Requisite", "BindsTo", "Wants", "Upholds"] as const;

/** Takes the properties that a manifest needs, from those of org.freedesktop.systemd1(5). */
export function toUnitFacts(askedFor: string, properties: UnitProperties): UnitFacts {
  const text = (key: string): string => textOf(properties, key);
  const list = (key: string): readonly string[] => listOf(properties, key);
  const rows = (key: string): readonly (readonly unknown[])[] => rowsOf(properties, key);
  if (text("LoadState") !== "loaded" || text("FragmentPath") === "") throw describeMissing(askedFor, text("LoadState"));
  const [obstacle] = findObstacles(text("Id"), properties);
  if (obstacle !== undefined) throw obstacle;
  return {
    name: text("Id"),
    askedFor,
    fragmentPath: text("FragmentPath"),
    sourcePath: text("SourcePath") || undefined,
    dropInPaths: list("DropInPaths"),
    executables: rows("ExecStart").map(([path]) => String(path)),
    environmentFiles: rows("EnvironmentFiles").map(([path]) => String(path)),
    directories: readDirectories(properties),
    accounts: [text("User"), text("Group"), ...list("SupplementaryGroups")].filter((name) => name !== ""),
    triggers: list("Triggers"),
    needs: needs.flatMap(list).filter((name) => /\.(service|socket|target|path|timer)$/.test(name)),
  };
}

function describeMissing(unit: string, loadState: string): SandboxError {
  if (loadState === "masked")
    return new SandboxError(`${unit} is masked on the host`, { hint: `Unmask it first: systemctl unmask ${unit}` });
  if (loadState === "not-found") {
    return new SandboxError(`${unit}: no such unit on the host`, {
      hint: "Is the package installed? systemctl list-unit-files lists all units",
    });
  }
  return new SandboxError(`${unit} cannot be used: its load state is ${loadState}`, {
    hint: `See systemctl status ${unit}`,
  });
}

const kinds = ["service", "socket", "timer", "path", "target"];
// Capabilities that no sandbox has: they act on the clock, on devices, or on the kernel, and count only in the host's
// own user namespace.
const hostCapabilities =
  /^CAP_(?:SYS_TIME|SYS_MODULE|SYS_RAWIO|SYS_BOOT|MKNOD|WAKE_ALARM|AUDIT_\w+|MAC_\w+|SYSLOG|BPF|PERFMON|BLOCK_SUSPEND)$/;
const images = ["RootImage", "MountImages", "ExtensionImages"];

/**
 * Finds the reasons why a unit cannot run in a sandbox, whatever its conf says. Otherwise they would only show at its
 * start, or the start would skip the unit and succeed.
 */
export function findObstacles(unit: string, properties: UnitProperties): readonly SandboxError[] {
  const kind = unit.slice(unit.lastIndexOf(".") + 1);
  const obstacles = [
    ...(kinds.includes(kind) ? [] : [`it is a ${kind} unit, which only the host can have`]),
    ...conditionsOf(properties).flatMap(describeCondition),
    ...images.filter((key) => isSet(properties[key])).map((key) => `its ${key}= needs a block device`),
    ...(isTerminal(properties) ? [`its terminal ${textOf(properties, "TTYPath")} belongs to the host`] : []),
  ];
  return obstacles.map(
    (why) =>
      new SandboxError(`${unit} cannot run in a sandbox: ${why}`, {
        hint: `If it can do without that, change it with a drop-in: systemctl edit ${unit}. Or run its command: create NAME -- COMMAND`,
      }),
  );
}

const isSet = (value: unknown): boolean => (Array.isArray(value) || typeof value === "string") && value.length > 0;

const isTerminal = (properties: UnitProperties): boolean =>
  textOf(properties, "StandardInput").startsWith("tty") && isSet(properties["TTYPath"]);

interface Condition {
  readonly type: string;
  readonly negated: boolean;
  readonly parameter: string;
}

/** Conditions that must all hold. Those with `|` are left out: one of several is enough, and it may be another. */
function conditionsOf(properties: UnitProperties): readonly Condition[] {
  const rows = ["Conditions", "Asserts"].flatMap((key) => rowsOf(properties, key));
  return rows
    .filter(([, isTrigger]) => isTrigger !== true)
    .map(([type, , negated, parameter]) => ({
      type: String(type),
      negated: negated === true,
      parameter: String(parameter),
    }));
}

function describeCondition({ type, negated, parameter }: Condition): readonly string[] {
  const text = `${type}=${negated ? "!" : ""}${parameter}`;
  if (type.endsWith("Virtualization") && isAgainstContainers(parameter, negated))
    return [`it has ${text}, but a sandbox is a container`];
  if (type.endsWith("Capability") && !negated && hostCapabilities.test(parameter))
    return [`it has ${text}, but no sandbox can have that capability`];
  return [];
}

// Inside, systemd-detect-virt prints lxc-libvirt, which is a container.
const isAgainstContainers = (parameter: string, negated: boolean): boolean => {
  const holds = ["yes", "true", "1", "container", "lxc-libvirt"].includes(parameter);
  return negated ? holds : !holds && parameter !== "private-users";
};
