import type { SandboxName } from "./sandbox-name.ts";
import type { SettingName, Values } from "./settings.ts";

export type { Listen, Publish } from "./values/parse-publish.ts";

/** Where something stands in a conf file. */
export interface Origin {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A value as it was written. */
export interface Written extends Origin {
  readonly value: string;
}

/** A line for systemd, in its words. */
export interface PassThroughLine extends Written {
  readonly key: string;
}

type PassThroughSection = "Unit" | "Service" | "Install";

/** What is configured for one sandbox, defaults and drop-ins merged; each setting is there under its own key. */
export interface Conf extends Values {
  readonly name: SandboxName;
  /** The conf file itself. */
  readonly path: string;
  /** The files it was read from, in the order in which they were merged. */
  readonly files: readonly string[];
  /** [Resources]: of a key that does not repeat only the last line. */
  readonly resources: readonly PassThroughLine[];
  readonly passThrough: Readonly<Record<PassThroughSection, readonly PassThroughLine[]>>;
  /** Where the values of a setting were written, in the order of the values; for messages about them. */
  readonly origins: Readonly<Partial<Record<SettingName, readonly Written[]>>>;
}
