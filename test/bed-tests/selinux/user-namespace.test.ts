import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useLab } from "../lab.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const { makeLab } = useLab(bed);

test("a sandbox with UserNamespace=no has its network, is entered, reloaded and stopped as any other", async (t) => {
  const mark = await markDenials(bed);
  await makeLab(t, "plain-unit", "plain-exec");
  await bed.run("sandboxcontainer", "create", "plain-unit", "--unit", "ssh.service");
  await bed.run("sandboxcontainer", "create", "plain-exec", "--", "/usr/bin/python3", "-m", "http.server", "80");
  for (const [name, port] of [
    ["plain-unit", "8198:22"],
    ["plain-exec", "8199:80"],
  ] as const) {
    const settings = ["UserNamespace=no", "Network=lab", "Address=dhcp", `Publish=${port}`];
    await bed.run("sandboxcontainer", "set", name, ...settings);
    await bed.run("systemctl", "start", `sandbox@${name}`);
    const inside = ["sandboxcontainer", "execute", name, "--"];
    assert.match(await bed.run(...inside, "cat", "/proc/self/uid_map"), /^ *0 +0 +4294967295$/);
    assert.match(
      await bed.run(...inside, "cat", "/proc/self/attr/current"),
      /:sandboxcontainer_(command_)?t:s0:c\d+,c\d+/,
    );
    assert.match(await bed.run("sandboxcontainer", "show", name), /192\.168\.177\.\d+/);
    await bed.run("sandboxcontainer", "copy-to", name, "/etc/hostname", "/tmp/hostname");
    await bed.run("sandboxcontainer", "copy-from", name, "/tmp/hostname", "/root/copied-hostname");
    assert.equal(await bed.run("cat", "/root/copied-hostname"), await bed.run("cat", "/etc/hostname"));
    const [outside = ""] = port.split(":");
    const ask = `exec 3<>/dev/tcp/127.0.0.1/${outside}; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; head --lines=1 <&3`;
    await eventually(async () => {
      assert.match(await bed.run("timeout", "20", "bash", "-c", ask), /^SSH|^HTTP/);
    });
  }
  await bed.run("systemctl", "reload", "sandbox@plain-unit");
  await bed.run("systemctl", "stop", "sandbox@plain-unit", "sandbox@plain-exec");
  await bed.try("rm", "/root/copied-hostname");
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
