import type { Verb } from "../calls/verbs.ts";

// Small file systems of their own, so that the machine loses nothing. A virtual machine has a disk of its own, and no tmpfs
// may have our labels there.
const small = `[ -e /sys/fs/selinux/enforce ] || for place in /var/lib/sandboxcontainer /root/faults; do
  mountpoint --quiet $place || mount -t tmpfs -o size=64M,nr_inodes=20000,mode=0700 faults $place; done`;
const sleep = "-- /usr/bin/sleep infinity";
const others = `${small}; sandboxcontainer create other --start ${sleep}`;
const make = (options: string): string => `${others}; sandboxcontainer create old ${options} ${sleep}`;
const old = `${make("")}; echo data >/var/lib/sandboxcontainer/old/root/srv/data`;
const kept = `${old}; sandboxcontainer snapshot old kept`;
const impatient = `${old}; mkdir /etc/sandboxcontainer/old.conf.d
  printf '[Service]\\nTimeoutStartSec=10\\n' >/etc/sandboxcontainer/old.conf.d/time.conf; systemctl daemon-reload
  sandboxcontainer start old; sandboxcontainer stop old`;
const archive = "/root/faults/old.tar.zst";

/** The verbs, each from the state that it needs. */
export const verbs = {
  create: { before: old, command: ["create", "new", ...sleep.split(" ")] },
  "create with an image": { before: old, command: ["create", "new", "--imagesize", "16M", ...sleep.split(" ")] },
  clone: { before: old, command: ["clone", "old", "new"] },
  set: { before: old, command: ["set", "old", "MemoryMax=100M"] },
  snapshot: { before: old, command: ["snapshot", "old", "kept"] },
  export: { before: old, command: ["export", "old", archive] },
  enable: { before: `${old}; mkdir -p /etc/systemd/system/multi-user.target.wants`, command: ["enable", "old"] },
  start: { before: old, command: ["start", "old"] },
  rename: { before: old, command: ["rename", "old", "new"] },
  delete: { before: old, command: ["delete", "--force", "old"] },
  import: { before: `${old}; sandboxcontainer export old ${archive}`, command: ["import", archive, "new"] },
  rollback: { before: kept, command: ["rollback", "old", "kept"] },
  "delete a snapshot": { before: kept, command: ["delete-snapshot", "old", "kept"] },
  stop: { before: `${old}; sandboxcontainer start old`, command: ["stop", "old"] },
  "delete a running one": { before: `${old}; sandboxcontainer start old`, command: ["delete", "--force", "old"] },
  "first start": {
    before: `${others}; printf '[Sandbox]\\nExec=/usr/bin/sleep infinity\\n' >/etc/sandboxcontainer/old.conf; systemctl daemon-reload`,
    command: ["start", "old"],
  },
  "start with a port": {
    before: `${others}; sandboxcontainer create old --publish 8080:80 ${sleep}`,
    command: ["start", "old"],
  },
  "start with an image": { before: make("--imagesize 16M"), command: ["start", "old"] },
  "start in ten seconds": { before: impatient, command: ["start", "old"] },
} as const satisfies Readonly<Record<string, Verb>>;
