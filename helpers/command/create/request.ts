import type { SettingName } from "../../../generator/conf/settings.ts";
import type { Assignment } from "../conf/parse-assignment.ts";
import type { Flags } from "../verb.ts";

/** A setting that `create` writes into a conf. */
export interface SettingLine {
  readonly key: SettingName;
  readonly value: string;
}

type CreateFlags = Flags<"copy" | "dryRun" | "start" | "enable" | "json">;

/** The options of `create` that are no settings. */
export interface CreateOptions extends CreateFlags {
  readonly unit: readonly string[];
  readonly set: readonly string[];
}

/** The request to `create`, before it is checked against the host. */
export interface CreateRequest extends Required<CreateFlags> {
  readonly name: string;
  /** Unit=: the named units, or an executable that decides the unit. */
  readonly units: readonly string[];
  readonly executable: string | undefined;
  /** Exec=: the words after `--`. */
  readonly command: readonly string[];
  /** The other settings of the conf. */
  readonly settings: readonly SettingLine[];
  /** Those of --set, which may be of any section. */
  readonly assignments: readonly Assignment[];
}
