import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { defineLab, removeLab } from "../lab.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const confs = {
  lease: "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\nNetwork=lab\n",
  fixed:
    "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\nNetwork=lab\nAddress=192.168.177.200/24\nPublish=8190:80\n",
  shell: "[Sandbox]\nUnit=ssh.service\n[Network]\nListen=2222\n",
};
const names = Object.keys(confs);

before(() => defineLab(bed));

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  await removeLab(bed);
});

test("stopped, nothing is left on the host's network, and nothing was denied that nobody expects", async () => {
  const mark = await markDenials(bed);
  for (const [name, conf] of Object.entries(confs))
    assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", ...names.map((name) => `sandbox@${name}`));
  assert.match(await bed.run("ip", "-o", "link"), /sb-/);
  await bed.run("systemctl", "stop", ...names.map((name) => `sandbox@${name}`));
  for (const name of names)
    assert.equal(await bed.run("systemctl", "show", "--value", "--property=Result", `sandbox@${name}`), "success");
  await eventually(async () => {
    assert.doesNotMatch(await bed.run("ip", "-o", "link"), /sb-/);
  });
  assert.doesNotMatch(await bed.run("nft", "list", "ruleset"), /sb-|virbr-lab" \. /);
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
