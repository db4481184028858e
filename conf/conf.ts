import type { SandboxName } from "../base/sandbox-name.ts";
import type { SettingName, Values } from "./settings.ts";

export type { Listen, Publish } from "./values/publish.ts";

/** A place in a conf file. */
export interface Origin {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A value exactly as it was written. */
export interface Written extends Origin {
  readonly value: string;
}

/** A line that is passed to systemd unchanged. */
export interface PassThroughLine extends Written {
  readonly key: string;
}

type PassThroughSection = "Unit" | "Service" | "Install";

/** The configuration of one sandbox, with defaults and drop-ins merged. Each setting is a property named by its key. */
export interface Conf extends Values {
  readonly name: SandboxName;
  /** The conf file itself. */
  readonly path: string;
  /** The files that it was read from, in the order in which they were merged. */
  readonly files: readonly string[];
  /** The lines of [Resources]. If a key does not repeat, only its last line is kept. */
  readonly resources: readonly PassThroughLine[];
  readonly passThrough: Readonly<Record<PassThroughSection, readonly PassThroughLine[]>>;
  /** The lines of [Timer], merged in the same way. A sandbox that has some is a job. */
  readonly timer: readonly PassThroughLine[];
  /** The lines of [Snapshots], merged in the same way. */
  readonly snapshots: readonly PassThroughLine[];
  /** Where each value of a setting was written, in the order of the values. Messages name these places. */
  readonly origins: Readonly<Partial<Record<SettingName, readonly Written[]>>>;
}

/** Whether a timer starts it. Then what starts at boot is the timer. */
export const isJob = ({ timer }: Pick<Conf, "timer">): boolean => timer.length > 0;

/** Whether a timer takes snapshots of it. */
export const takesSnapshots = ({ snapshots }: Pick<Conf, "snapshots">): boolean =>
  snapshots.some(({ key }) => key === "OnCalendar");

/** Where a value of a setting was written. */
export const originOf = ({ origins, path }: Conf, key: SettingName, index: number): Origin =>
  origins[key]?.[index] ?? { path, line: 1 };

/** The unit that mounts the image of a sandbox. Its name is the path, escaped as systemd-escape(1) does. */
export const imageMountUnit = (name: SandboxName): string =>
  `var-lib-sandboxcontainer-${name.replaceAll("-", "\\x2d")}-image.mount`;
