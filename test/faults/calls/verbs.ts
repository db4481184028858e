/** A verb that changes something, from a state that a shell script makes. */
export interface Verb {
  readonly command: readonly string[];
  /** Runs in a bed with no sandbox. */
  readonly before: string;
  /** What kind of sandbox it is, if not one with a command and nothing else. */
  readonly kind?: string;
  /** The calls that are meant are those of this helper behind the units. */
  readonly step?: string;
  /** They are those of this service, of libvirt's controller, or of PID 1 inside. It is only killed. */
  readonly daemon?: string;
  /** The bed that has what is meant; a native one if it is not said. */
  readonly bed?: "selinux";
}

const data = "echo data >/var/lib/sandboxcontainer/old/root/srv/data";
const old = `sandboxcontainer create old -- /usr/bin/sleep infinity; ${data}`;
const enabled = `${old}; systemctl enable --quiet sandbox@old`;
const units = `sandboxcontainer create old --unit apache2.service --publish 8080:80`;
const inImage = `sandboxcontainer create old --imagesize 64M -- /usr/bin/sleep infinity; ${data}`;
const conf = "[Sandbox]\\nExec=/usr/bin/sleep infinity\\n";
const unprepared = `printf '${conf}' >/etc/sandboxcontainer/old.conf; systemctl daemon-reload`;
// Its stop leaves all to detach.
const shown = "/root/faults/shown.img";
const showing = `truncate --size=8M ${shown}; mkfs.ext4 -qF ${shown}; sandboxcontainer create old --mount host-image:/srv/shown=${shown} -- /usr/bin/sleep infinity`;
const archive = "/root/faults/old.tar.zst";
const archived = `${old}; sandboxcontainer export old ${archive}`;
const changed = `${old}; echo other >>/var/lib/sandboxcontainer/old/root/etc/bash.bashrc`;
// The host's file stays new, for each attempt to bring it into the root.
const outdated = `${old}; echo "# $RANDOM" >>/etc/bash.bashrc`;
const onDemand = `${units} --set OnDemand=yes`;
const addressed = "sandboxcontainer create old --network default -- /usr/bin/sleep infinity";
const started = "; sandboxcontainer start old";
// A start whose first configuration fails succeeds without it, and the next one tries again.
const configured = `${units}${started}; sandboxcontainer stop old`;
const machined = "systemd-machined.service";
function stepsOf(verb: "start" | "stop", helpers: readonly string[], before: string, kind?: string): readonly Verb[] {
  return helpers.map((step) => ({ command: [verb, "old"], before, step, ...(kind === undefined ? {} : { kind }) }));
}

export const verbs: readonly Verb[] = [
  { command: ["create", "new", "--enable", "--", "/usr/bin/sleep", "infinity"], before: ":" },
  { command: ["create", "new", "--unit", "apache2.service", "--publish", "8080:80"], before: ":" },
  { command: ["create", "new", "--imagesize", "64M", "--", "/usr/bin/sleep", "infinity"], before: ":" },
  { command: ["create", "new", "--network", "default", "--", "/usr/bin/sleep", "infinity"], before: ":" },
  { command: ["set", "old", "MemoryMax=100M"], before: old },
  { command: ["set", "old", "OnDemand=yes"], before: units },
  { command: ["set", "old", "Publish=8081:80"], before: onDemand, kind: "on demand" },
  { command: ["resize", "old", "96M"], before: inImage },
  { command: ["clone", "old", "new"], before: old },
  { command: ["clone", "old", "new"], before: inImage, kind: "image" },
  { command: ["export", "old", archive], before: old },
  { command: ["import", archive, "new"], before: archived },
  { command: ["import", "--replace", archive, "old"], before: archived },
  { command: ["snapshot", "old", "kept"], before: old },
  { command: ["delete-snapshot", "old", "kept"], before: `${old}; sandboxcontainer snapshot old kept` },
  {
    command: ["rollback", "old", "kept"],
    before: `${old}; sandboxcontainer snapshot old kept; rm /var/lib/sandboxcontainer/old/root/srv/data`,
  },
  { command: ["upgrade", "old"], before: outdated },
  { command: ["upgrade", "old"], before: outdated, step: "upgrade" },
  { command: ["revert", "old", "/etc/bash.bashrc"], before: changed },
  { command: ["copy-to", "old", "/etc/motd", "/srv/motd"], before: old + started },
  { command: ["rename", "old", "new"], before: enabled },
  { command: ["rename", "old", "new"], before: inImage, kind: "image" },
  { command: ["delete", "--force", "old"], before: enabled },
  { command: ["delete", "--force", "old"], before: inImage, kind: "image" },
  { command: ["delete", "--force", "old"], before: onDemand, kind: "on demand" },
  { command: ["enable", "old"], before: old },
  { command: ["disable", "old"], before: enabled },
  ...stepsOf("start", ["make-root", "launch"], unprepared),
  ...stepsOf("start", ["launch"], units, "units"),
  ...stepsOf("start", ["launch"], addressed, "network"),
  ...stepsOf("start", ["image", "launch"], inImage, "image"),
  ...stepsOf("start", ["launch"], onDemand, "on demand"),
  ...stepsOf("stop", ["stop"], old + started),
  ...stepsOf("stop", ["stop"], units + started, "units"),
  ...stepsOf("stop", ["stop"], addressed + started, "network"),
  ...stepsOf("stop", ["stop"], inImage + started, "image"),
  ...stepsOf("stop", ["stop"], onDemand + started, "on demand"),
  ...stepsOf("stop", ["stop", "detach"], showing + started, "mounted image"),
  // With it its child, the controller, and PID 1 inside.
  { command: ["start", "old"], before: old, daemon: "libvirtd.service" },
  { command: ["start", "old"], before: addressed, kind: "network", daemon: "libvirtd.service" },
  ...["libvirtd.service", "controller"].flatMap((daemon) => [
    { command: ["stop", "old"], before: old + started, daemon },
    { command: ["stop", "old"], before: units + started, kind: "units", daemon },
    { command: ["stop", "old"], before: addressed + started, kind: "network", daemon },
    { command: ["stop", "old"], before: inImage + started, kind: "image", daemon },
    { command: ["stop", "old"], before: onDemand + started, kind: "on demand", daemon },
  ]),
  // It makes no call if it is not systemd.
  { command: ["stop", "old"], before: units + started, kind: "units", daemon: "PID 1" },
  { command: ["stop", "old"], before: onDemand + started, kind: "on demand", daemon: "PID 1" },
  // libvirt asks machined for a cgroup of version 2, which only the virtual machine has.
  { command: ["start", "old"], before: old, daemon: machined, bed: "selinux" },
  { command: ["start", "old"], before: configured, kind: "units", daemon: machined, bed: "selinux" },
  { command: ["stop", "old"], before: old + started, daemon: machined, bed: "selinux" },
  { command: ["stop", "old"], before: units + started, kind: "units", daemon: machined, bed: "selinux" },
];
