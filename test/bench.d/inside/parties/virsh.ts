import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.ts";
import { prefix, work } from "../places.ts";
import { execSandbox } from "./ours.ts";
import { type Party, payload } from "./party.ts";
import { copyRoot, writeUnit } from "./roots.ts";

const ids = "400000000";

/** libvirt-LXC alone, with a user namespace: a oneshot unit that runs virsh. Its root is mounted before. */
export const virshParty: Party = {
  name: "virsh create",
  unit: (instance) => `${prefix}virsh${instance}.service`,
  make: (instance) => {
    const name = `${prefix}virsh${instance}`;
    const root = mountMapped(copyRoot(`virsh${instance}`, execSandbox), `root${instance}`);
    const usr = mountMapped("/usr", `usr${instance}`);
    const xml = join(work, `virsh${instance}.xml`);
    writeFileSync(xml, renderDomain(name, root, usr));
    writeUnit(`virsh${instance}.service`, [
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      `ExecStart=/usr/bin/virsh --quiet --connect lxc:///system create ${xml}`,
      `ExecStop=/usr/bin/virsh --quiet --connect lxc:///system destroy ${name}`,
    ]);
  },
};

function mountMapped(source: string, what: string): string {
  const target = join(work, "mount-virsh", what);
  run("mkdir", "-p", target);
  run("mount", "-o", `bind,private,X-mount.idmap=0:${ids}:65536`, source, target);
  return target;
}

function renderDomain(name: string, root: string, usr: string): string {
  const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const [init, ...args] = payload;
  return `<domain type="lxc">
  <name>${name}</name>
  <memory unit="GiB">1</memory>
  <os>
    <type>exe</type>
    <init>${init}</init>
${args.map((arg) => `    <initarg>${escape(arg)}</initarg>\n`).join("")}  </os>
  <idmap>
    <uid start="0" target="${ids}" count="65536"/>
    <gid start="0" target="${ids}" count="65536"/>
  </idmap>
  <features>
    <privnet/>
  </features>
  <devices>
    <filesystem type="mount">
      <source dir="${root}"/>
      <target dir="/"/>
    </filesystem>
    <filesystem type="mount">
      <source dir="${usr}"/>
      <target dir="/usr"/>
      <readonly/>
    </filesystem>
    <console type="pty"/>
  </devices>
  <seclabel type="none"/>
</domain>
`;
}
