/** systemd's facts about a unit that decide what a sandbox needs. */
export interface UnitFacts {
  /** Its own name, even if it was asked for by an alias. */
  readonly name: string;
  /** The name in the conf. */
  readonly askedFor: string;
  readonly fragmentPath: string;
  /** The source of a generated unit, such as `/etc/init.d/x`. */
  readonly sourcePath: string | undefined;
  readonly dropInPaths: readonly string[];
  /** Programs of ExecStart=. */
  readonly executables: readonly string[];
  readonly environmentFiles: readonly string[];
  /** Absolute paths of StateDirectory=, ReadWritePaths= and the like, each with its setting. */
  readonly directories: readonly UnitDirectory[];
  /** The names or ids of the users and groups that it runs as. */
  readonly accounts: readonly string[];
  /** Units that it starts, such as the service of a socket. */
  readonly triggers: readonly string[];
  /** Units that it requires or wants. */
  readonly needs: readonly string[];
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
    /** The home of the user that the unit runs as. */
    | "User";
}
