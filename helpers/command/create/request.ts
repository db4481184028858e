import type { SettingName } from "../../../generator/conf/settings.ts";

/** A setting as `create` writes it into a conf. */
export interface SettingLine {
  readonly key: SettingName;
  readonly value: string;
}

/** What `create` was asked for, before anything of it is checked against the host. */
export interface CreateRequest {
  readonly name: string;
  /** Unit=: named directly, or to be found from an executable. */
  readonly units: readonly string[];
  readonly executable: string | undefined;
  /** Exec=: what stands behind `--`. */
  readonly command: readonly string[];
  /** What else goes into the conf. */
  readonly settings: readonly SettingLine[];
  readonly copy: boolean;
  /** Only shows what would be made. */
  readonly dryRun: boolean;
  readonly start: boolean;
  readonly enable: boolean;
  readonly json: boolean;
}
