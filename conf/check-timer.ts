import { ConfError } from "../base/errors.ts";
import { findNearest } from "../base/text.ts";
import type { Conf, PassThroughLine } from "./conf.ts";
import { timerKeys } from "./keys/systemd-keys.ts";
import { parseBoolean, ValueError } from "./values/values.ts";

/** Finds what cannot be together with a [Timer]: a job is a command that ends, and only its timer starts it by itself. */
export function checkTimer(conf: Conf, known: readonly ConfError[]): readonly ConfError[] {
  const [first] = conf.timer;
  if (first === undefined) return [];
  return [
    ...checkContent(conf, first),
    ...(conf.timer.some(isTrigger) || known.some(({ key }) => isMeantAsTrigger(key))
      ? []
      : [new ConfError(first, "[Timer] does not say when the job starts", "Add a time, such as OnCalendar=daily")]),
    ...(conf.OnDemand
      ? [
          new ConfError(
            { path: conf.path, ...conf.origins.OnDemand?.[0], key: "OnDemand" },
            "OnDemand= cannot be used with [Timer]: a job is started by its timer",
            "Remove one of them",
          ),
        ]
      : []),
    ...checkRestart(conf),
  ];
}

function checkContent({ Exec: command, Unit: units }: Conf, first: PassThroughLine): readonly ConfError[] {
  if (command !== undefined || units.length === 0) return [];
  return [
    new ConfError(
      first,
      "[Timer] works only with Exec=: a sandbox of units runs until it is stopped",
      "Run the command of the unit with Exec=, or let a timer of the host run inside: Unit=NAME.timer. Times of snapshots belong in [Snapshots]",
    ),
  ];
}

// Such as OnCalendar=daily; OnClockChange=no is none.
function isTrigger({ key, value }: PassThroughLine): boolean {
  if (!key.startsWith("On")) return false;
  if (timerKeys.get(key) === "list") return true;
  try {
    return parseBoolean(value);
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

/** Whether a line that could not be read was perhaps meant to be one. That error says enough. */
const isMeantAsTrigger = (key = ""): boolean => findNearest(key, [...timerKeys.keys()])?.startsWith("On") === true;

// systemd refuses these for a Type=oneshot service, which such a job would be without a sandbox.
function checkRestart({ passThrough }: Conf): readonly ConfError[] {
  const last = passThrough.Service.findLast(({ key }) => key === "Restart");
  if (last === undefined || !["always", "on-success"].includes(last.value)) return [];
  return [
    new ConfError(
      last,
      `Restart=${last.value} would start the job again as soon as it has ended`,
      "Restart=on-failure tries again what failed",
    ),
  ];
}
