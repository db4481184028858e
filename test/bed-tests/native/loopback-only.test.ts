import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, useBed } from "../bed.ts";

const bed = useBed("native");
const advice =
  /It has only a loopback interface\. A service that looks for another interface needs Network=: sandboxcontainer set (\w+) Network=default/;
const show = async (name: string): Promise<{ readonly result: string; readonly advice: string | null }> =>
  JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { result: string; advice: string | null };

after(async () => {
  for (const name of ["looks", "later", "hosted"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("sh", "-c", "rm -f /etc/systemd/system/looks.service; systemctl daemon-reload");
});

// F9
test("a service that fails beside a loopback alone, at its start or later, is said to need a network", async () => {
  const unit = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/test -e /sys/class/net/eth0\n";
  await bed.feed(unit, "sh", "-c", "cat > /etc/systemd/system/looks.service; systemctl daemon-reload");
  const created = await bed.try("sandboxcontainer", "create", "looks", "--unit", "looks.service", "--start");
  assert.equal(advice.exec(created.stderr)?.[1], "looks");
  assert.match((await show("looks")).advice ?? "", advice);
  await bed.run("sandboxcontainer", "create", "later", "--start", "--", "/usr/bin/sh", "-c", "sleep 1; exit 3");
  await eventually(async () => {
    assert.equal((await show("later")).result, "exit-code");
  });
  assert.match((await show("later")).advice ?? "", advice);
});

// F9
test("where it has a network, or does not run for another reason, nothing of that is said", async () => {
  const conf = "[Sandbox]\nExec=/usr/bin/false\n[Network]\nNetwork=host\n";
  await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/hosted.conf; systemctl daemon-reload");
  await bed.try("systemctl", "start", "sandbox@hosted");
  await eventually(async () => {
    assert.deepEqual(await show("hosted").then(({ result, advice }) => [result, advice]), ["exit-code", null]);
  });
  const listen = 'import socket,time; s=socket.create_server(("", 8299)); print(1, flush=True); time.sleep(30)';
  await bed.run("systemd-run", "--unit=listen-8299", "python3", "-c", listen);
  await eventually(async () => {
    assert.match(await bed.run("ss", "-Hltn", "sport = :8299"), /LISTEN/);
  });
  await bed.run("sandboxcontainer", "set", "later", "Publish=8299:80");
  const started = await bed.try("sandboxcontainer", "start", "later");
  await bed.run("systemctl", "stop", "listen-8299");
  assert.match(started.stderr, /port 8299 of this host is in use/);
  assert.doesNotMatch(started.stderr, advice);
});
