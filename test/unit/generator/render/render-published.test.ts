import assert from "node:assert/strict";
import { test } from "node:test";
import { renderPublished } from "../../../../generator/render/render-published.ts";
import { confOf } from "../../conf/conf-of.ts";

/** The lines of each unit, and where links lead. */
function render(...lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const conf = confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.join("\n")}\n`);
  return new Map(
    renderPublished(conf).map((output) => [
      output.path,
      output.kind === "file" ? output.text.split("\n") : [output.target],
    ]),
  );
}
const find = (lines: readonly string[] | undefined, start: string): string | undefined =>
  lines?.find((line) => line.startsWith(start))?.slice(start.length);

test("what the kernel leads to has no units", () => {
  assert.deepEqual([...render("Publish=80:80", "Publish=53:53/udp", "Publish=90-99:90-99").keys()], []);
});

test("a proxy connects to the loopback inside, in the sandbox's network", () => {
  for (const lines of [["Publish=127.0.0.1:80:81"], ["Publish=80:81", "PublishBy=proxy"]]) {
    const proxy = render(...lines).get("sandbox-web-80.service");
    assert.equal(
      find(proxy, "ExecStart="),
      "/usr/lib/systemd/systemd-socket-proxyd --connections-max=4096 --exit-idle-time=300s 127.0.0.1:81",
    );
    assert.equal(find(proxy, "NetworkNamespacePath="), "/run/sandboxcontainer/web/network");
    assert.equal(find(proxy, "EnvironmentFile="), undefined);
  }
});

test("one that starts the sandbox connects to its link, and ends soon whatever IdleStopSec= says", () => {
  for (const more of [[], ["IdleStopSec=1h"]]) {
    const proxy = render("Publish=80:81", "OnDemand=yes", ...more).get("sandbox-web-80.service");
    assert.match(find(proxy, "ExecStart=") ?? "", / --exit-idle-time=60s \$\{LINK\}:81$/);
    assert.equal(find(proxy, "EnvironmentFile="), "/run/sandboxcontainer/web/link");
    assert.equal(find(proxy, "NetworkNamespacePath="), undefined);
  }
});

test("datagrams start the sandbox and are dropped", () => {
  const units = render("Publish=192.0.2.7:53:53/udp", "OnDemand=yes");
  const socket = units.get("sandbox-web-53.udp.socket");
  assert.equal(find(socket, "ListenDatagram="), "192.0.2.7:53");
  assert.equal(find(socket, "ListenStream="), undefined);
  assert.equal(find(socket, "NoDelay="), undefined);
  const drain = units.get("sandbox-web-53.udp.service");
  assert.equal(find(drain, "Type="), "oneshot");
  assert.equal(find(drain, "ExecStart="), "/usr/libexec/sandboxcontainer/drop-datagrams");
  assert.equal(find(drain, "Requires="), "sandbox-web-53.udp.socket");
  assert.ok(units.has("sockets.target.wants/sandbox-web-53.udp.socket"));
});

test("a service that learns its clients has a proxy that says them", () => {
  const proxy = render("Publish=80:81,proxy-protocol").get("sandbox-web-80.service");
  assert.match(find(proxy, "ExecStart=") ?? "", /^\/usr\/libexec\/sandboxcontainer\/proxy .* 127\.0\.0\.1:81$/);
});

test("with ports of the kernel a timer looks whether the sandbox is idle, a few times within that time", () => {
  const units = render("OnDemand=yes", "IdleStopSec=10min", "Publish=80:80", "Publish=127.0.0.1:81:81");
  const timer = units.get("sandbox-web-idle.timer");
  assert.equal(find(timer, "OnActiveSec="), "150s");
  assert.equal(find(timer, "OnUnitInactiveSec="), "150s");
  assert.equal(find(timer, "BindsTo="), "sandbox@web.service");
  // A proxy to the link has connections that can be seen inside.
  assert.equal(
    find(units.get("sandbox-web-idle.service"), "ExecStart="),
    "/usr/libexec/sandboxcontainer/stop-idle web 600 sandbox-web-81.service",
  );
});

test("it looks once a second at most", () => {
  const period = (idle: string): string | undefined =>
    find(render("OnDemand=yes", `IdleStopSec=${idle}`, "Publish=80:80").get("sandbox-web-idle.timer"), "OnActiveSec=");
  assert.deepEqual(["1", "4", "5"].map(period), ["1s", "1s", "2s"]);
});

test("without ports of the kernel the proxies know it, and there is no timer", () => {
  for (const lines of [["Publish=127.0.0.1:80:80"], ["Publish=80:80", "PublishBy=proxy"]]) {
    const units = render("OnDemand=yes", "IdleStopSec=10min", ...lines);
    assert.ok(![...units.keys()].some((path) => path.includes("idle")));
    assert.match(
      find(units.get("sandbox-web-80.service"), "ExecStart=") ?? "",
      /--exit-idle-time=600s 127\.0\.0\.1:80$/,
    );
  }
  assert.ok(!render("OnDemand=yes", "Publish=80:80").has("sandbox-web-idle.timer"));
});
