/** A verb that changes something, from a state that a shell script makes. */
export interface Verb {
  readonly command: readonly string[];
  /** Runs in a bed with no sandbox. */
  readonly before: string;
  /** The helper behind the units whose calls are meant, instead of the command's. */
  readonly step?: string;
}

const old =
  "sandboxcontainer create old -- /usr/bin/sleep infinity; echo data >/var/lib/sandboxcontainer/old/root/srv/data";
const enabled = `${old}; systemctl enable --quiet sandbox@old`;
const running = `${old}; sandboxcontainer start old`;
const conf = "[Sandbox]\\nExec=/usr/bin/sleep infinity\\n";
const unprepared = `printf '${conf}' >/etc/sandboxcontainer/old.conf; systemctl daemon-reload`;
const archive = "/root/faults/old.tar.zst";
const steps = (helpers: readonly string[], verb: string, before: string): readonly Verb[] =>
  helpers.map((step) => ({ command: [verb, "old"], before, step }));

export const verbs: readonly Verb[] = [
  { command: ["create", "new", "--enable", "--", "/usr/bin/sleep", "infinity"], before: ":" },
  { command: ["create", "new", "--unit", "apache2.service", "--publish", "8080:80"], before: ":" },
  { command: ["set", "old", "MemoryMax=100M"], before: old },
  { command: ["clone", "old", "new"], before: old },
  { command: ["export", "old", archive], before: old },
  { command: ["import", archive, "new"], before: `${old}; sandboxcontainer export old ${archive}` },
  { command: ["snapshot", "old", "kept"], before: old },
  { command: ["delete-snapshot", "old", "kept"], before: `${old}; sandboxcontainer snapshot old kept` },
  {
    command: ["rollback", "old", "kept"],
    before: `${old}; sandboxcontainer snapshot old kept; rm /var/lib/sandboxcontainer/old/root/srv/data`,
  },
  { command: ["rename", "old", "new"], before: enabled },
  { command: ["delete", "--force", "old"], before: enabled },
  { command: ["enable", "old"], before: old },
  { command: ["disable", "old"], before: enabled },
  ...steps(["populate", "label", "prepare", "launch"], "start", unprepared),
  ...steps(["stop", "detach"], "stop", running),
];
