import type { verbs } from "./verbs.ts";

/** Something that is taken away while verbs run, and given back. */
export interface Case {
  readonly name: string;
  /** Shell that takes it away, and that gives it back. Runs in the bed. */
  readonly take: string;
  readonly give: string;
  /** Words before the command. */
  readonly with?: string;
  /** The verbs that cannot do without, and what their message must say. */
  readonly fail?: readonly (keyof typeof verbs)[];
  readonly says?: RegExp;
  /** The verbs that succeed all the same. */
  readonly work?: readonly (keyof typeof verbs)[];
  /** The bed that has it; a native one if it is not said. */
  readonly bed?: "selinux";
  /** Whether --quick tries it, with the first of the verbs that fail. */
  readonly isQuick?: true;
}

// ext4 can have a block left that the first writing had reserved and then did not need.
const full = (place: string): string =>
  `for _ in 1 2; do head --bytes=1G /dev/zero >>${place}/.fill 2>/dev/null || sync --file-system ${place}; done`;
const places = ["/var/lib/sandboxcontainer", "/root/faults"];

/** Takes away by a setting of units. */
const set = (unit: string, setting: string): Pick<Case, "take" | "give"> => {
  const folder = `/run/systemd/system/${unit}.d`;
  return {
    take: `mkdir -p ${folder}; printf '%s\\n' '[Service]' '${setting}' >${folder}/faults.conf; systemctl daemon-reload`,
    give: `rm ${folder}/faults.conf; rmdir ${folder}; systemctl daemon-reload`,
  };
};

/** Puts proxy.ts in place of a server's socket. */
const spoil = (protocol: string, mode: string, socket: string): Pick<Case, "take" | "give"> => ({
  take: `ln ${socket} /run/faults-server
    systemd-run --quiet --unit=faults-proxy /root/node /root/proxy.ts ${protocol} ${mode} /run/faults-socket /run/faults-server
    until [ -S /run/faults-socket ]; do sleep 0.05; done
    chmod 0666 /run/faults-socket; mv /run/faults-socket ${socket}`,
  give: `mv /run/faults-server ${socket}; systemctl stop faults-proxy`,
});
const bus = (mode: string): Pick<Case, "take" | "give"> => spoil("dbus", mode, "/run/dbus/system_bus_socket");
const libvirt = (mode: string): Pick<Case, "take" | "give"> => spoil("libvirt", mode, "/run/libvirt/libvirt-sock");

const port = {
  take: `systemd-run --quiet --unit=faults-port python3 -c 'import socket, time
s = socket.create_server(("", 8080)); time.sleep(3000)'
    until ss -Hltn 'sport = :8080' | grep -q .; do sleep 0.05; done`,
  give: "systemctl stop faults-port",
};
const portInUse = /port 8080 .*in use by python3 .*Free it/;

const growing = ["create", "create with an image", "clone", "snapshot", "export", "import", "first start"] as const;
const keeping = ["set", "rename", "rollback", "enable", "start"] as const;
const shrinking = ["delete a snapshot", "delete", "delete a running one", "stop"] as const;

export const cases: readonly Case[] = [
  {
    name: "full disk",
    take: places.map(full).join("\n"),
    give: places.map((place) => `rm ${place}/.fill`).join("\n"),
    fail: growing,
    says: /[Ff]ree some space|has .* free/,
    work: ["start", ...shrinking],
    isQuick: true,
  },
  {
    name: "no inodes",
    take: places
      .map((place) => `mount -o remount,nr_inodes=$(($(df --output=iused ${place} | tail -n 1))) ${place}`)
      .join("\n"),
    give: places.map((place) => `mount -o remount,nr_inodes=20000 ${place}`).join("\n"),
    fail: growing,
    says: /[Ff]ree some space|has .* free/,
    work: shrinking,
  },
  {
    name: "full /run",
    take: "mount -o remount,size=$(($(df --output=used /run | tail -n 1)))K /run",
    give: "mount -o remount,size=1G /run; systemctl daemon-reload",
    fail: ["create", "clone", "start"],
    says: /[Ff]ree some space|space in \/run/,
    work: ["stop"],
  },
  {
    name: "full /etc",
    take: `cp -a /etc/sandboxcontainer /root/faults-etc; mount -t tmpfs -o size=64K faults /etc/sandboxcontainer
      cp -a /root/faults-etc/. /etc/sandboxcontainer; ${full("/etc/sandboxcontainer")}`,
    give: `rm /etc/sandboxcontainer/.fill; rm -r /root/faults-etc; cp -a /etc/sandboxcontainer /root/faults-etc; umount /etc/sandboxcontainer
      find /etc/sandboxcontainer -mindepth 1 -delete; cp -a /root/faults-etc/. /etc/sandboxcontainer; rm -r /root/faults-etc`,
    fail: ["create", "set", "clone"],
    says: /[Ff]ree some space/,
    work: ["start", "stop", "delete"],
  },
  {
    name: "full image",
    take: `systemctl start var-lib-sandboxcontainer-old-image.mount; ${full("/var/lib/sandboxcontainer/old/image/root")}`,
    give: "rm /var/lib/sandboxcontainer/old/image/root/.fill; systemctl stop var-lib-sandboxcontainer-old-image.mount",
    fail: ["start with an image"],
    says: /no space left.*resize old SIZE/,
  },
  {
    name: "no memory for a root",
    ...set("sandbox-root@.service", "MemoryMax=12M"),
    fail: ["create", "first start"],
    says: /[Mm]emory/,
    isQuick: true,
  },
  { name: "no memory for a start", ...set("sandbox@.service", "MemoryMax=4M"), fail: ["start"], says: /[Mm]emory/ },
  {
    name: "no processes for a root",
    ...set("sandbox-root@.service", "TasksMax=8"),
    fail: ["create", "first start"],
    says: /Allow more processes/i,
  },
  {
    name: "no processes for a start",
    ...set("sandbox@.service", "TasksMax=5"),
    fail: ["start"],
    says: /allow more processes/i,
  },
  {
    name: "no ids",
    take: "cp -a /etc/subuid /root/faults-subuid; echo all:524288:1878523904 >>/etc/subuid",
    give: "mv /root/faults-subuid /etc/subuid",
    fail: ["create", "clone", "import", "first start"],
    says: /all ranges of host ids are taken.*\/etc\/subuid/,
    work: ["start"],
    isQuick: true,
  },
  {
    name: "no terminals",
    take: `mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5,max=1 devpts /dev/pts
      systemd-run --quiet --unit=faults-terminal sh -c 'exec sleep infinity 9<>/dev/ptmx'
      until [ -e /dev/pts/0 ]; do sleep 0.05; done`,
    give: "systemctl stop faults-terminal; umount --lazy /dev/pts",
    fail: ["start"],
    says: /tty.*terminals.*kernel\.pty\.max/,
  },
  {
    name: "no loop devices",
    take: "for device in /dev/loop*; do mount --bind /dev/null $device; done",
    give: "for device in /dev/loop*; do umount $device; done",
    fail: ["create with an image", "start with an image"],
    says: /loop/,
  },
  { name: "port in use", ...port, fail: ["start with a port"], says: portInUse, isQuick: true },
  {
    name: "read-only /var",
    take: "mount -o remount,bind,ro /var/lib/sandboxcontainer",
    give: "mount -o remount,bind,rw /var/lib/sandboxcontainer",
    fail: ["create", "clone", "snapshot", "rename", "rollback", "delete", "first start", "start"],
    says: /read-only/i,
    work: ["stop", "set"],
    isQuick: true,
  },
  {
    name: "read-only /etc",
    take: "mount --bind /etc /etc; mount -o remount,bind,ro /etc",
    give: "umount /etc",
    fail: ["create", "clone", "set", "enable", "rename", "delete"],
    says: /read-only/i,
    work: ["start", "stop", "snapshot", "rollback"],
    isQuick: true,
  },
  {
    name: "slow helpers",
    ...set("sandbox@.service", "CPUQuota=0.2%"),
    fail: ["start in ten seconds"],
    says: /timed? ?out|did not .* in time|took longer/i,
  },
  {
    name: "slow calls",
    take: ":",
    give: ":",
    with: "strace -f --seccomp-bpf -qq -o /dev/null -e trace=connect,flock,execve,rename,unlink -e inject=connect,flock,execve,rename,unlink:delay_enter=300000",
    work: ["create", "clone", "snapshot", "export", "start", "stop", "delete"],
  },
  {
    name: "no connections to D-Bus",
    take: `echo '<busconfig><limit name="max_connections_per_user">1</limit></busconfig>' >/etc/dbus-1/system.d/faults.conf
      systemctl kill --signal=HUP dbus; until ! busctl --quiet list >/dev/null 2>&1; do sleep 0.05; done`,
    give: "rm /etc/dbus-1/system.d/faults.conf; systemctl kill --signal=HUP dbus; until busctl --quiet list >/dev/null 2>&1; do sleep 0.05; done",
    fail: ["create", "start"],
    says: /D-Bus.*systemctl status/,
  },
  ...["late", "twice"].map((mode) => ({
    name: `D-Bus ${mode}`,
    ...bus(mode),
    work: ["create", "start", "stop", "delete", "enable"] as const,
  })),
  ...["nonsense", "never", "cut"].map((mode) => ({
    name: `D-Bus ${mode}`,
    ...bus(mode),
    fail: ["create", "start", "stop", "snapshot"] as const,
    says: /D-Bus.*systemctl status/,
  })),
  { name: "libvirt late", ...libvirt("late"), work: ["start", "stop"] },
  ...["twice", "nonsense", "cut"].map((mode) => ({
    name: `libvirt ${mode}`,
    ...libvirt(mode),
    fail: ["start"] as const,
    says: /libvirt.*systemctl status/,
    work: ["stop", "create"] as const,
  })),
  {
    name: "libvirt never",
    ...libvirt("never"),
    fail: ["start in ten seconds"],
    says: /libvirt/,
    work: ["stop", "create", "delete"],
  },
  {
    name: "libvirtd hangs",
    take: "virsh --connect lxc:/// list >/dev/null; systemctl kill --signal=STOP libvirtd",
    give: "systemctl kill --signal=CONT libvirtd",
    fail: ["start in ten seconds"],
    says: /libvirt/,
    work: ["stop", "create", "delete"],
  },
  {
    name: "no levels",
    bed: "selinux",
    // Every pair of categories is in one of these, which belong to containers of libvirt's. A first start fails as well,
    // and leaves the root that it has made to the next one.
    take: "echo s0:c0.c1022 s0:c1.c1023 s0:c0,c2.c1023 >/run/libvirt/lxc/faults.xml",
    give: "rm /run/libvirt/lxc/faults.xml",
    fail: ["create", "clone", "import"],
    says: /no SELinux level is free/,
    work: ["start"],
  },
  // libvirt registers containers there if the cgroups have version 2, as in this machine.
  {
    name: "machined is killed",
    bed: "selinux",
    take: "systemctl kill --signal=KILL systemd-machined",
    give: "systemctl reset-failed systemd-machined",
    work: ["start", "stop"],
  },
  {
    name: "no machined",
    bed: "selinux",
    take: "systemctl mask --runtime --now systemd-machined",
    give: "systemctl unmask --runtime systemd-machined",
    fail: ["start"],
    says: /machine1/,
    work: ["stop"],
  },
  ...(["+", "-"] as const).map((way) => ({
    name: `a clock that jumps ${way === "+" ? "ahead" : "back"}`,
    bed: "selinux" as const,
    take: `date --set='${way}400 days'`,
    give: `date --set='${way === "+" ? "-" : "+"}400 days'`,
    work: [...growing, ...keeping, ...shrinking],
  })),
];
