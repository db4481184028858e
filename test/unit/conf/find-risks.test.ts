import assert from "node:assert/strict";
import { test } from "node:test";
import { describeRisk, findRisks } from "../../../conf/find-risks.ts";
import { confOf } from "./conf-of.ts";

const conf = (...lines: readonly string[]) => confOf(`[Sandbox]\nExec=/usr/bin/true\n[Network]\n${lines.join("\n")}\n`);
const port = (...lines: readonly string[]) => conf("PublishBy=proxy", ...lines);

test("a port that others than this host reach by a proxy is a risk, whichever address it has", () => {
  for (const value of ["80:80", "0.0.0.0:80:80", "192.0.2.7:80:80", "[::]:80:80", "[2001:db8::7]:80:80"]) {
    const [risk, ...more] = findRisks(port(`Publish=${value}`));
    assert.equal(more.length, 0);
    assert.match(
      risk?.text ?? "",
      /clients from anywhere appear inside as 127\.0\.0\.1, and services often trust that/,
    );
    assert.equal(risk?.text.startsWith(`Publish=${value}: `), true, risk?.text);
    assert.match(
      risk.text,
      /trust that\. Remove PublishBy=proxy, give the sandbox .* \(Network=\), or publish for this host only: Publish=127\.0\.0\.1:80:80$/,
    );
  }
});

test("one that the kernel leads to is none, and neither is one whose service is told the client", () => {
  assert.deepEqual(findRisks(conf("Publish=80:80", "Publish=192.0.2.7:53:53/udp", "Publish=[::]:81-90:81-90")), []);
  assert.deepEqual(findRisks(conf("Publish=80:80,proxy-protocol")), []);
  assert.deepEqual(findRisks(port("Publish=80:80,proxy-protocol")), []);
});

test("a range is told as a range", () => {
  assert.match(
    findRisks(port("Publish=80-89:8080-8089"))[0]?.text ?? "",
    /^Publish=80-89:8080-8089: .* only: Publish=127\.0\.0\.1:80-89:8080-8089$/,
  );
});

test("a port of the loopback is none, and neither is a socket that the service itself has", () => {
  const lines = ["Publish=127.0.0.1:80:80", "Publish=127.9.9.9:81:80", "Publish=[::1]:82:80", "Listen=90"];
  assert.deepEqual(findRisks(port(...lines)), []);
});

test("a sandbox with an address of its own is told to use that", () => {
  assert.match(findRisks(port("Network=default", "Publish=80:80"))[0]?.text ?? "", /use the sandbox's own address/);
});

test("several ports are one risk, at the line of the first", () => {
  const several = port("Publish=127.0.0.1:80:80", "Publish=81:80", "Publish=82:80");
  const [risk, ...more] = findRisks(several);
  assert.ok(risk !== undefined && more.length === 0);
  assert.match(describeRisk(risk), /\.conf:\d+: Publish=81:80 Publish=82:80: /);
  assert.equal(describeRisk(risk).split(":")[1], String(several.origins.Publish?.[1]?.line));
});

test("what a conf gave up before is not told again", () => {
  const before = port("Network=default", "Publish=81:80");
  assert.deepEqual(findRisks(port("Network=default", "# moved", "Publish=81:80"), before), []);
  assert.match(findRisks(port("Publish=81:80", "Publish=82:80"), before)[0]?.text ?? "", /^Publish=82:80: /);
  assert.match(findRisks(before, conf("Network=default", "Publish=81:80"))[0]?.text ?? "", /^Publish=81:80: /);
  const hostNetwork = conf("Network=host");
  assert.equal(findRisks(hostNetwork, before).length, 1);
  assert.equal(findRisks(hostNetwork, hostNetwork).length, 0);
  const mount = confOf("[Sandbox]\nExec=/usr/bin/true\nMount=host-bind,suid:/srv/a=/srv/b\n");
  assert.deepEqual([findRisks(mount).length, findRisks(mount, mount).length], [1, 0]);
});
