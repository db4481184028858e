import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const { make } = useSandboxes(bed);

test("su does not wait for logind, which no sandbox has", async (t) => {
  const mark = await markDenials(bed);
  await make(t, "bus", "--unit", "dbus.service", "--start");
  const pam = await bed.run("sandboxcontainer", "execute", "bus", "--", "grep", "-r", "pam_systemd", "/etc/pam.d");
  assert.match(pam, /common-session/);
  const began = Date.now();
  await bed.run("sandboxcontainer", "execute", "bus", "--", "su", "-c", "true", "root");
  // PAM would wait 25 seconds for it.
  assert.ok(Date.now() - began < 20_000);
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
