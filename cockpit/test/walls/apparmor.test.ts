import assert from "node:assert/strict";
import { after, test } from "node:test";
import { runInBed, succeedsInBed } from "../bed.ts";
import { useBrowser } from "../visit.ts";
import { clickAllow, findDenial } from "./denials.ts";

const conf = "/etc/sandboxcontainer/web1.conf";
const rules = "/etc/apparmor.d/local/sandboxcontainer-web1";

const inside = "sandboxcontainer execute web1 --";
const addAddress = `${inside} ip address add 192.0.2.1/32 dev lo`;
const giveCapability = `${inside} python3 -c 'import os, struct
os.setxattr("/srv/file", "security.capability", struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))'`;
const leaveProfile = `${inside} sh -c 'echo changeprofile unconfined > /proc/self/attr/current'`;

// The profile follows the conf before the sandbox does, which has this capability until it is restarted.
const visit = useBrowser(`rm -f ${rules}
    sandboxcontainer create web1 --unit apache2.service --set Capabilities=+CAP_NET_ADMIN --start
    sandboxcontainer set web1 Capabilities=
    /usr/libexec/sandboxcontainer/label web1
    ${inside} touch /srv/file`);

after(() => runInBed(`rm -f ${rules}`));

test("what was denied is shown, and allowed with a click", async () => {
  assert.equal(await succeedsInBed(addAddress), false);
  assert.equal(await succeedsInBed(giveCapability), false);
  const seen = await visit({ path: "/sandbox/web1/security" });
  const { page, checkQuiet } = seen;
  const setting = "sandboxcontainer set web1 Capabilities+=+CAP_NET_ADMIN";
  await clickAllow(seen, "ip was denied the capability net_admin", setting, "Cancel");
  assert.doesNotMatch(await runInBed(`cat ${conf}`), /Capabilities/);
  await clickAllow(seen, "ip was denied the capability net_admin", setting, "Allow");
  assert.match(await runInBed(`cat ${conf}`), /^Capabilities=\+CAP_NET_ADMIN$/m);

  await clickAllow(seen, "python3 was denied the capability setfcap", "'capability setfcap,' >>", "Allow");
  assert.equal(await runInBed(`cat ${rules}`), "capability setfcap,");

  await page.getByRole("button", { name: "Actions of web1" }).click();
  await page.getByRole("menuitem", { name: "Restart" }).click();
  await page.getByText(/^(Stopping|Starting)$/).waitFor();
  await page.getByText("Running", { exact: true }).waitFor();
  assert.equal(await succeedsInBed(addAddress), true);
  assert.equal(await succeedsInBed(giveCapability), true);
  await checkQuiet();
});

test("what cannot be allowed has no button", async () => {
  assert.equal(await succeedsInBed(leaveProfile), false);
  const { page, checkAccessibility, checkQuiet } = await visit({ path: "/sandbox/web1/security" });
  const denial = findDenial(page, 'sh was not allowed to change to the profile "unconfined"');
  await denial.getByText("It cannot be allowed: a sandbox stays in its profile").waitFor();
  assert.equal(await denial.getByRole("button").count(), 0);
  await checkAccessibility();
  await checkQuiet();
});
