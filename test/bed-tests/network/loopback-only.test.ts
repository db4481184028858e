import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native-network");
const advice =
  /It has only a loopback interface\. A service that looks for another interface needs Network=: sandboxcontainer set (\w+) Network=default/;
const show = async (name: string): Promise<{ readonly result: string; readonly advice: string | null }> =>
  JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { result: string; advice: string | null };

// F9
test("a service that fails beside a loopback alone, at its start or later, is said to need a network", async (context) => {
  context.after(() => bed.run("sh", "-c", "rm -f /etc/systemd/system/looks.service; systemctl daemon-reload"));
  deleteAfter(context, bed, "looks", "later");
  const unit = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/test -e /sys/class/net/eth0\n";
  await bed.feed(unit, "sh", "-c", "cat > /etc/systemd/system/looks.service; systemctl daemon-reload");
  const created = await bed.try("sandboxcontainer", "create", "looks", "--unit", "looks.service", "--start");
  assert.equal(advice.exec(created.stderr)?.[1], "looks");
  assert.match((await show("looks")).advice ?? "", advice);
  const waits = "until [ -e /srv/fail ]; do sleep 0.1; done; exit 3";
  await bed.run("sandboxcontainer", "create", "later", "--start", "--", "/usr/bin/sh", "-c", waits);
  // The sandbox may end before the command that enters it.
  await bed.try("sandboxcontainer", "execute", "later", "--", "touch", "/srv/fail");
  await eventually(async () => {
    assert.equal((await show("later")).result, "exit-code");
  });
  assert.match((await show("later")).advice ?? "", advice);
});

// F9
test("where it has a network, nothing of that is said", async (context) => {
  deleteAfter(context, bed, "hosted");
  const conf = "[Sandbox]\nExec=/usr/bin/false\n[Network]\nNetwork=host\n";
  await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/hosted.conf; systemctl daemon-reload");
  await bed.try("systemctl", "start", "sandbox@hosted");
  await eventually(async () => {
    assert.deepEqual(await show("hosted").then(({ result, advice }) => [result, advice]), ["exit-code", null]);
  });
});

// F9
test("where it does not run because its port is taken, nothing of that is said", async (context) => {
  deleteAfter(context, bed, "taken");
  context.after(() => bed.try("systemctl", "stop", "listen-8299"));
  const listen = 'import socket,signal; s=socket.create_server(("", 8299)); signal.pause()';
  await bed.run("systemd-run", "--unit=listen-8299", "python3", "-c", listen);
  await eventually(async () => {
    assert.match(await bed.run("ss", "-Hltn", "sport = :8299"), /LISTEN/);
  });
  await bed.run("sandboxcontainer", "create", "taken", "--publish", "8299:80", "--", "/usr/bin/sleep", "infinity");
  const started = await bed.try("sandboxcontainer", "start", "taken");
  assert.match(started.stderr, /port 8299 of this host is in use/);
  assert.doesNotMatch(started.stderr, advice);
});
