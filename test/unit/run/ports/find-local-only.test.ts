import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { describePublish, parsePublish } from "../../../../conf/values/publish.ts";
import type { Listener } from "../../../../helpers/host/network/listeners.ts";
import { confOf } from "../../conf/conf-of.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { describeLocalOnly, findLocalOnly, warnOfLocalOnly } =
  await import("../../../../helpers/run/ports/find-local-only.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const at = (text: string, port: number): Listener => ({ address: { family: text.includes(":") ? 6 : 4, text }, port });

/** Returns the ports that nobody reaches where this listens, in the form of Publish=. */
function find(lines: readonly string[], listening: Partial<Record<"tcp" | "udp", readonly Listener[]>>) {
  const conf = confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.join("\n")}\n`);
  const asked: string[] = [];
  const found = findLocalOnly(conf, 20, (pid, protocol) => {
    assert.equal(pid, 20);
    asked.push(protocol);
    return listening[protocol] ?? [];
  });
  return { found: found.map(describePublish), asked };
}

test("a port on which only the loopback inside listens is found", () => {
  const tcp = [at("127.0.0.1", 80), at("::1", 80), at("0.0.0.0", 81), at("127.0.0.1", 82), at("::", 82)];
  const { found } = find(["Publish=8080:80", "Publish=8081:81", "Publish=8082:82"], { tcp });
  assert.deepEqual(found, ["8080:80"]);
});

test("of a range each port counts, and one on which nothing listens yet is not found", () => {
  const { found } = find(["Publish=8080-8083:80-83"], { tcp: [at("127.0.0.1", 80), at("127.0.0.1", 82)] });
  assert.deepEqual(found, ["8080:80", "8082:82"]);
});

test("UDP and TCP are different ports, and each table is read once", () => {
  const listening = { tcp: [at("0.0.0.0", 53)], udp: [at("127.0.0.1", 53)] };
  const { found, asked } = find(["Publish=53:53", "Publish=53:53/udp", "Publish=54:54/udp"], listening);
  assert.deepEqual([found, asked], [["53:53/udp"], ["tcp", "udp"]]);
});

test("what a proxy leads to the loopback is reached there", () => {
  const tcp = [at("127.0.0.1", 80)];
  for (const lines of [["Publish=127.0.0.1:8080:80"], ["Publish=8080:80", "PublishBy=proxy"]])
    assert.deepEqual(find(lines, { tcp }), { found: [], asked: [] });
});

test("it says what to do, and nothing that is impossible with UDP", () => {
  assert.equal(
    describeLocalOnly(parsePublish("8080:80")),
    "port 80 inside listens on the sandbox's loopback only, so nobody reaches it by port 8080 of the host. Let the service listen on all addresses, or publish it for this host only: Publish=127.0.0.1:8080:80",
  );
  assert.equal(
    describeLocalOnly(parsePublish("5353:53/udp")),
    "UDP port 53 inside listens on the sandbox's loopback only, so nobody reaches it by UDP port 5353 of the host. Let the service listen on all addresses",
  );
});

test("a conf that was removed or broken after the sandbox was prepared does not fail its start", () => {
  const web = parseSandboxName("web");
  warnOfLocalOnly(web, process.pid);
  mkdirSync(join(top, "etc/sandboxcontainer"), { recursive: true });
  writeFileSync(join(top, "etc/sandboxcontainer/web.conf"), "[Sandbox]\nUnit=a.service\n[Network]\nPublish=no\n");
  warnOfLocalOnly(web, process.pid);
});
