import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { hammer } from "../hammer.ts";

const bed = useBed("native");
const write = async (name: string, conf: string): Promise<void> => {
  assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
};
const state = async (unit: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", "--property=ActiveState", unit);

before(async () => {
  await write("demand", "[Sandbox]\nUnit=apache2.service\n[Network]\nPublish=8200:80\nOnDemand=yes\nIdleStopSec=2\n");
  await bed.feed(hammer, "sh", "-c", "cat > /root/hammer.py");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox-root@demand", "sandbox-demand-8200.socket");
});

after(async () => {
  for (const name of ["demand", "broken", "many"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("sh", "-c", "rm -f /etc/sandboxcontainer/idle-*.conf; systemctl daemon-reload");
});

test("the port is open while the sandbox is not there, and 50 first connections at once are all served", async () => {
  assert.equal(await state("sandbox@demand"), "inactive");
  // This is one command, because the sandbox stops two seconds later.
  const script = "python3 /root/hammer.py 8200 50 1 0; systemctl is-active sandbox@demand";
  assert.equal(await bed.run("sh", "-c", script), "0\nactive");
});

test("it stops when nobody has been connected for IdleStopSec=, and the port stays open", async () => {
  await eventually(async () => {
    assert.equal(await state("sandbox@demand"), "inactive");
  });
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=Result", "sandbox@demand"), "success");
  assert.equal(await state("sandbox-demand-8200.socket"), "active");
});

test("a connection that comes while it stops is served by the next start", { timeout: 600_000 }, async () => {
  assert.equal(await bed.run("python3", "/root/hammer.py", "8200", "20", "12", "1.8"), "0");
});

test("started by hand it waits for somebody, and stops when they are gone", async () => {
  await eventually(async () => {
    assert.equal(await state("sandbox@demand"), "inactive");
  });
  await bed.run("systemctl", "start", "sandbox@demand");
  await new Promise((resolve) => setTimeout(resolve, 4000));
  assert.equal(await state("sandbox@demand"), "active");
  assert.equal(await bed.run("python3", "/root/hammer.py", "8200", "1", "1", "0"), "0");
  await eventually(async () => {
    assert.equal(await state("sandbox@demand"), "inactive");
  });
});

test("after a reboot the port is open, and nothing runs behind it", async () => {
  await bed.reboot();
  assert.equal(await state("sandbox@demand"), "inactive");
  assert.equal(await bed.run("python3", "/root/hammer.py", "8200", "50", "1", "0"), "0");
});

test(
  "one that cannot start refuses who waits, is not tried for ever, and serves when it can",
  { timeout: 600_000 },
  async () => {
    const conf = (command: string): string =>
      `[Sandbox]\nExec=${command}\n[Network]\nPublish=8202:80\nOnDemand=yes\nIdleStopSec=30\n`;
    await write("broken", conf("/usr/bin/false"));
    await bed.run("systemctl", "daemon-reload");
    await bed.run("systemctl", "start", "sandbox-root@broken", "sandbox-broken-8202.socket");
    const began = await bed.run("date", "+%s");
    for (let turn = 0; turn < 3; turn++) {
      const { status } = await bed.try("curl", "-sS", "--max-time", "60", "http://127.0.0.1:8202/");
      assert.ok([7, 52, 55, 56].includes(status), `refused, closed or reset, and no timeout: ${status}`);
    }
    await eventually(async () => {
      assert.equal(await state("sandbox@broken"), "failed");
    });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const script = `journalctl --since=@${began} -u sandbox@broken | grep -c 'systemd.*Starting sandbox@broken'`;
    const tries = await bed.run("sh", "-c", script);
    // A client that connects while the port is opened again is refused, and causes no try.
    assert.ok(Number(tries) >= 1 && Number(tries) <= 9, `${tries} tries`);
    assert.equal(await state("sandbox@broken"), "failed");
    await write("broken", conf("/usr/bin/python3 -m http.server 80"));
    await bed.run("systemctl", "daemon-reload");
    await bed.run("systemctl", "start", "sandbox-root@broken");
    // The service runs before it listens.
    await eventually(async () => {
      assert.equal(await bed.run("python3", "/root/hammer.py", "8202", "5", "1", "0"), "0");
    });
  },
);

test("delete closes the port", async () => {
  await bed.run("sandboxcontainer", "delete", "--force", "demand");
  assert.notEqual((await bed.try("curl", "-sS", "--max-time", "5", "http://127.0.0.1:8200/")).status, 0);
});

test("200 that are defined and do not run cost little", { timeout: 600_000 }, async (context) => {
  const conf = (port: number) => `[Sandbox]\\nExec=/usr/bin/true\\n[Network]\\nPublish=${port}:80\\nOnDemand=yes\\n`;
  const memory = async () => Number(/VmRSS:\s+(\d+)/.exec(await bed.run("cat", "/proc/1/status"))?.[1]);
  const before = await memory();
  await bed.run(
    "bash",
    "-c",
    `for i in {1..200}; do printf '${conf(0).replace("0:80", "%d:80")}' $((20000 + i)) > /etc/sandboxcontainer/idle-$i.conf; done`,
  );
  const generator = await bed.run(
    "bash",
    "-c",
    "mkdir /tmp/out; TIMEFORMAT=%R; { time /usr/lib/systemd/system-generators/sandboxcontainer-generator /tmp/out /tmp/out /tmp/out; } 2>&1; rm -r /tmp/out",
  );
  const began = performance.now();
  await bed.run("systemctl", "daemon-reload");
  const reload = performance.now() - began;
  await bed.run("bash", "-c", "systemctl start sandbox-idle-{1..200}-*.socket sockets.target");
  assert.equal(await bed.run("bash", "-c", "systemctl list-sockets --no-legend 'sandbox-idle-*' | wc -l"), "200");
  assert.equal(
    await bed.run("bash", "-c", "systemctl list-units --no-legend --state=active 'sandbox@idle-*' | wc -l"),
    "0",
  );
  const grown = (await memory()) - before;
  context.diagnostic(`generator ${generator} s, daemon-reload ${Math.round(reload)} ms, systemd grew by ${grown} kB`);
  assert.ok(grown < 20_000, `${grown} kB`);
  await bed.run("bash", "-c", "systemctl stop 'sandbox-idle-*.socket'");
});
