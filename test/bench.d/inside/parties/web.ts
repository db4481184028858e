import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.ts";
import { prefix } from "../places.ts";
import { copyRoot, writeUnit } from "./roots.ts";

/** apache2 that answers on a port: as a unit of the host, or in a container with systemd. */
export interface WebParty {
  readonly name: string;
  readonly unit: string;
  readonly port: number;
  /** The network namespace of the port, if it is not the host's. */
  readonly namespace?: string;
  /** Makes everything that its first start needs, except a daemon-reload. */
  make(): void;
}

const sandbox = `${prefix}web`;

export const webParties: readonly WebParty[] = [
  { name: "host's unit", unit: "apache2.service", port: 80, make: () => undefined },
  {
    name: "sandbox of Unit=",
    unit: `sandbox@${sandbox}.service`,
    port: 18081,
    make: () => {
      run("sandboxcontainer", "create", sandbox, "--unit", "apache2.service", "--publish", "18081:80");
      // The first start configures apache2 in the root that the others copy.
      run("systemctl", "start", `sandbox@${sandbox}.service`);
      run("systemctl", "stop", `sandbox@${sandbox}.service`);
    },
  },
  {
    name: "Quadlet with systemd",
    unit: `${prefix}web-quadlet.service`,
    port: 18082,
    make: () => {
      writeUnit("web-quadlet.container", [
        "[Container]",
        `Rootfs=${copyWebRoot("web-quadlet")}`,
        "Exec=/usr/lib/systemd/systemd",
        "PublishPort=18082:80",
        "Volume=/usr:/usr:ro",
        "PodmanArgs=--cgroups=disabled --systemd=always",
      ]);
    },
  },
  {
    name: "nspawn -b",
    unit: `${prefix}web-nspawn.service`,
    port: 80,
    namespace: `/run/netns/${prefix}web`,
    make: () => {
      const root = copyWebRoot("web-nspawn");
      run("ip", "netns", "add", `${prefix}web`);
      run("ip", "-n", `${prefix}web`, "link", "set", "lo", "up");
      const options = [
        "--quiet --boot --keep-unit --register=no --bind-ro=/usr",
        `--directory=${root} --network-namespace-path=/run/netns/${prefix}web --machine=${prefix}web`,
      ];
      writeUnit("web-nspawn.service", [
        "[Service]",
        "Type=notify",
        "KillMode=mixed",
        "Delegate=yes",
        "Environment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0",
        `ExecStart=/usr/bin/systemd-nspawn ${options.join(" ")}`,
      ]);
    },
  },
];

// systemd in these containers starts the enabled units. In a sandbox we tell it what to start.
function copyWebRoot(party: string): string {
  const root = copyRoot(party, sandbox);
  const wants = join(root, "etc/systemd/system/multi-user.target.wants");
  mkdirSync(wants, { recursive: true });
  rmSync(join(wants, "apache2.service"), { force: true });
  symlinkSync("/usr/lib/systemd/system/apache2.service", join(wants, "apache2.service"));
  // nspawn looks for this before it has mounted /usr.
  run("install", "-D", "/usr/lib/os-release", join(root, "usr/lib/os-release"));
  return root;
}
