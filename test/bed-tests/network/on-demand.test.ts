import assert from "node:assert/strict";
import { before, test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { hammer } from "../hammer.ts";

const bed = useBed("native-network");
const state = async (unit: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", "--property=ActiveState", unit);
const isInactive = (name: string): Promise<void> =>
  eventually(async () => {
    assert.equal(await state(`sandbox@${name}`), "inactive");
  });
const visit = (port: number, connections = 1): Promise<string> =>
  bed.run("python3", "/root/hammer.py", String(port), String(connections), "1", "0");

/** Writes a conf, makes its root, and opens its port. */
async function open(name: string, port: number, content: string, idle = 2): Promise<void> {
  const conf = `[Sandbox]\n${content}\n[Network]\nPublish=${port}:80\nOnDemand=yes\nIdleStopSec=${idle}\n`;
  assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", `sandbox-root@${name}`, `sandbox-${name}-${port}.socket`);
}

/** Makes a web server that a connection starts, and that stops when it has been idle for two seconds. */
async function makeServer(context: TestContext, name: string, port: number): Promise<void> {
  deleteAfter(context, bed, name);
  await open(name, port, "Unit=apache2.service");
}

before(() => bed.feed(hammer, "sh", "-c", "cat > /root/hammer.py"));

test("50 first connections at once start the sandbox behind an open port and are all served; idle for IdleStopSec= it stops, and the port stays open", async (context) => {
  await makeServer(context, "demand", 8200);
  assert.equal(await state("sandbox@demand"), "inactive");
  // This is one command, because the sandbox stops two seconds later.
  const script = "python3 /root/hammer.py 8200 50 1 0; systemctl is-active sandbox@demand";
  assert.equal(await bed.run("sh", "-c", script), "0\nactive");
  await isInactive("demand");
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=Result", "sandbox@demand"), "success");
  assert.equal(await state("sandbox-demand-8200.socket"), "active");
});

test("a connection that comes while it stops is served by the next start", { timeout: 600_000 }, async (context) => {
  await makeServer(context, "busy", 8201);
  // The pauses end before, at and after the stop.
  assert.equal(await bed.run("python3", "/root/hammer.py", "8201", "20", "12", "1.8"), "0");
  const whileItStops =
    "python3 /root/hammer.py 8201 1 1 0; while [ $(systemctl is-active sandbox@busy) = active ]; do :; done; exec python3 /root/hammer.py 8201 20 1 0";
  assert.equal(await bed.run("sh", "-c", whileItStops), "0\n0");
});

test(
  "who comes while an idle sandbox begins to stop is served, also if that takes longer than a stop may",
  { timeout: 600_000 },
  async (context) => {
    deleteAfter(context, bed, "slow");
    // Its answers take two seconds.
    const command = "Exec=/usr/bin/python3 /usr/lib/slow.py";
    await open("slow", 8209, `${command}\n[Service]\nTimeoutStopSec=1`, 3600);
    const server = `import http.server, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(2)
        self.send_response(200)
        self.end_headers()
http.server.ThreadingHTTPServer(("", 80), Handler).serve_forever()`;
    assert.equal((await bed.feed(server, "sh", "-c", "cat > /usr/lib/slow.py")).status, 0);
    assert.equal(await visit(8209), "0");
    // This is what happens when systemctl takes half a second.
    const systemctl = `case $* in *stop*)
  for turn in 1 2 3 4 5 6 7 8 9 10; do
    python3 /root/hammer.py 8209 1 1 0 >> /root/lost &
    sleep 0.05
  done
esac
exec /usr/bin/systemctl "$@"`;
    const stop = "PATH=/root/late:$PATH /usr/libexec/sandboxcontainer/stop-idle slow 0";
    const script = `cd /root; mkdir late; cat > late/systemctl; chmod +x late/systemctl; rm -f lost
${stop}; ${stop}
while systemctl is-active sandbox@slow | grep -qxE 'active|deactivating'; do sleep 0.1; done
systemctl show --property=Result --value sandbox@slow; sort lost | uniq -c; rm -r late lost`;
    const { stdout } = await bed.feed(`#!/bin/sh\n${systemctl}`, "sh", "-c", script);
    assert.match(stdout, /^success\n +10 0\n$/);
  },
);

test("started by hand it waits for somebody, and stops when they are gone", async (context) => {
  await makeServer(context, "waits", 8203);
  await makeServer(context, "visited", 8204);
  await bed.run("systemctl", "start", "sandbox@waits");
  // The other one starts later and is visited. When it has stopped, this one would have stopped too.
  assert.equal(await visit(8204), "0");
  assert.equal(await state("sandbox@waits"), "active");
  await isInactive("visited");
  assert.equal(await state("sandbox@waits"), "active");
  assert.equal(await visit(8203), "0");
  await isInactive("waits");
});

test("after a reboot the port is open, and nothing runs behind it", async (context) => {
  await makeServer(context, "booted", 8205);
  await bed.reboot();
  assert.equal(await state("sandbox@booted"), "inactive");
  assert.equal(await visit(8205, 50), "0");
});

test(
  "one that cannot start refuses who waits, is not tried for ever, and serves when it can",
  { timeout: 600_000 },
  async (context) => {
    deleteAfter(context, bed, "broken");
    const began = await bed.run("date", "+%s");
    await open("broken", 8202, "Exec=/usr/bin/false", 30);
    for (let turn = 0; turn < 3; turn++) {
      const { status } = await bed.try("curl", "-sS", "--max-time", "60", "http://127.0.0.1:8202/");
      assert.ok([7, 52, 55, 56].includes(status), `refused, closed or reset, and no timeout: ${status}`);
    }
    // Then nothing is left that would try again: no job, no proxy, and no connection that waits in the open port.
    await eventually(async () => {
      assert.equal(await state("sandbox@broken"), "failed");
      assert.equal(await state("sandbox-broken-8202.socket"), "active");
      assert.match(await state("sandbox-broken-8202.service"), /^(inactive|failed)$/);
      assert.doesNotMatch(await bed.run("systemctl", "list-jobs", "--no-legend"), /broken/);
      assert.match(await bed.run("ss", "-Hltn", "sport = :8202"), /^LISTEN +0 /);
    });
    const journal = await bed.journal(`--since=@${began}`, "--unit=sandbox@broken");
    const tries = journal.match(/^Starting sandbox@broken/gm)?.length ?? 0;
    // A client that connects while the port is opened again is refused, and causes no try.
    assert.ok(tries >= 1 && tries <= 9, `${tries} tries`);
    assert.equal(await state("sandbox@broken"), "failed");
    await open("broken", 8202, "Exec=/usr/bin/python3 -m http.server 80", 30);
    assert.equal(await visit(8202, 5), "0");
  },
);

test("a service that runs before it listens loses nobody: the first connections were refused", async (context) => {
  deleteAfter(context, bed, "late");
  await open("late", 8207, 'Exec=/usr/bin/sh -c "sleep 1; exec /usr/bin/python3 -m http.server 80"');
  assert.equal(await visit(8207, 20), "0");
});

test("a stop while systemd reads its units again leaves the port open: it was taken for one that is no longer published", async (context) => {
  await makeServer(context, "reloaded", 8208);
  assert.equal(await visit(8208), "0");
  // That is where units are missing for a moment.
  const away = "cd /run/systemd/generator; mv sandbox-reloaded-8208.socket /root/away";
  const back = "mv /root/away sandbox-reloaded-8208.socket";
  await bed.run("sh", "-c", `${away}; systemctl stop sandbox@reloaded; ${back}`);
  assert.equal(await visit(8208), "0");
});

test("delete closes the port", async (context) => {
  await makeServer(context, "closed", 8206);
  assert.equal(await visit(8206), "0");
  await bed.run("sandboxcontainer", "delete", "--force", "closed");
  assert.notEqual((await bed.try("curl", "-sS", "--max-time", "5", "http://127.0.0.1:8206/")).status, 0);
});

test("200 that are defined and do not run cost little", { timeout: 600_000 }, async (context) => {
  context.after(() =>
    bed.run(
      "bash",
      "-c",
      "systemctl stop 'sandbox-idle-*.socket'; rm -f /etc/sandboxcontainer/idle-*.conf; systemctl daemon-reload",
    ),
  );
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
});
