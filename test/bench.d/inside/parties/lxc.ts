import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isInstalled } from "../command.ts";
import { prefix, work } from "../places.ts";
import { execSandbox } from "./ours.ts";
import { type Party, payloadText } from "./party.ts";
import { copyRoot, writeUnit } from "./roots.ts";

/** LXC as root, without a user namespace, which would need a root with different owners. */
export const lxcParty: Party = {
  name: "LXC",
  unit: (instance) => `${prefix}lxc${instance}.service`,
  ...(isInstalled("lxc-start") ? {} : { absent: "lxc is not installed in this bed" }),
  make: (instance) => {
    const name = `${prefix}lxc${instance}`;
    const config = join(work, `lxc${instance}.conf`);
    writeFileSync(
      config,
      `lxc.uts.name = ${name}
lxc.rootfs.path = dir:${copyRoot(`lxc${instance}`, execSandbox)}
lxc.mount.entry = /usr usr none bind,ro 0 0
lxc.mount.auto = proc:mixed sys:ro
lxc.net.0.type = empty
lxc.apparmor.profile = unconfined
lxc.signal.halt = SIGTERM
`,
    );
    writeUnit(`lxc${instance}.service`, [
      "[Service]",
      "Type=forking",
      `PIDFile=/run/${name}.pid`,
      `ExecStart=/usr/bin/lxc-start --name=${name} --rcfile=${config} --pidfile=/run/${name}.pid -- ${payloadText}`,
      `ExecStop=/usr/bin/lxc-stop --name=${name} --rcfile=${config}`,
      `ExecStopPost=-/usr/bin/lxc-stop --kill --name=${name} --rcfile=${config}`,
    ]);
  },
};
