/** What systemd says of a unit, as far as it decides what a sandbox needs. */
export interface UnitFacts {
  /** Its own name, also when it was asked for by an alias. */
  readonly name: string;
  /** As the conf has it. */
  readonly askedFor: string;
  readonly fragmentPath: string;
  /** What a generated unit was generated from: `/etc/init.d/x`. */
  readonly sourcePath: string | undefined;
  readonly dropInPaths: readonly string[];
  /** Programs of ExecStart=. */
  readonly executables: readonly string[];
  readonly environmentFiles: readonly string[];
  /** Absolute paths of StateDirectory=, ReadWritePaths= and the like, and the setting that names each. */
  readonly directories: readonly UnitDirectory[];
  /** What it runs as: names or ids of users and groups. */
  readonly accounts: readonly string[];
  /** Units that it starts, as a socket its service. */
  readonly triggers: readonly string[];
}

export interface UnitDirectory {
  readonly path: string;
  readonly setting:
    | "StateDirectory"
    | "CacheDirectory"
    | "LogsDirectory"
    | "ConfigurationDirectory"
    | "ReadWritePaths"
    | "ReadOnlyPaths"
    | "ExecPaths"
    | "BindPaths"
    | "BindReadOnlyPaths"
    | "WorkingDirectory"
    /** The home of who the unit runs as. */
    | "User";
}
