import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { UnitProperties } from "../../host/systemd.ts";
import { rowsOf, textOf } from "../../host/unit-properties.ts";

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
