import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeText } from "./conf-of.ts";

const messages = (text: string): readonly string[] =>
  mergeText(text).errors.map(({ message }) => message.replace("/etc/sandboxcontainer/web.conf", ""));

test("there is Unit= or Exec=, and not both", () => {
  assert.match(messages("[Sandbox]\nCopy=yes\n").join(), /^: nothing to run/);
  assert.match(messages("[Sandbox]\nUser=x\n").join(), /^:2: User= works only with Exec=,: nothing to run/);
  assert.match(
    messages("[Sandbox]\nUnit=a.service\nExec=/bin/x\n").join(),
    /^:3: Exec= and Unit= cannot be used together/,
  );
});

test("a Unit= or Exec= that cannot be read is not said to be missing as well; another error hides nothing", () => {
  assert.equal(messages("[Sandbox]\nUnit=a\n").length, 1);
  assert.equal(messages("[Sandbox]\nExec=a\n").length, 1);
  assert.match(messages("[Sandbox]\nCopy=maybe\n").join(), /Copy=maybe.*nothing to run/);
});

test("a Unit= or Exec= that is misspelt or misplaced is not said to be missing as well", () => {
  assert.match(messages("[Sandbox]\nUnti=a.service\n").join(), /^:2: Unti= is not a key of \[Sandbox\]$/);
  assert.equal(messages("[Network]\nUnit=a.service\n").length, 1);
  assert.equal(messages("[Sandbox]\nexec=/bin/x\n").length, 1);
});

test("ids and levels are those of a user namespace and of a label that is ours to complete", () => {
  const wrong = {
    "HostIds=524288\nUserNamespace=no": /^:4: HostIds= cannot be used/,
    "Level=s0:c1,c2\nLabel=a:b:c:s0": /^:4: Level= cannot be used/,
  };
  const text = (security: string): string => `[Sandbox]\nUnit=a.service\n[Security]\n${security}\n`;
  for (const [security, message] of Object.entries(wrong)) assert.match(messages(text(security)).join(), message);
  for (const security of ["HostIds=524288", "UserNamespace=no", "Level=s0:c1,c2", "Label=a:b:c:s0"])
    assert.deepEqual(messages(text(security)), []);
});

test("User=, Group= and Home= are for Exec= only", () => {
  assert.deepEqual(messages("[Sandbox]\nUnit=a.service\nUser=x\nHome=/x\n"), [
    ":3: User= works only with Exec=",
    ":4: Home= works only with Exec=",
  ]);
  assert.deepEqual(messages("[Sandbox]\nExec=/bin/x\nUser=x\nGroup=y\nHome=/x\n"), []);
});

test("a port of the host is published once, and not where the host's network is used anyway", () => {
  const text = "[Sandbox]\nUnit=a.service\n[Network]\nPublish=80:80\nPublish=127.0.0.1:80:81\n";
  assert.deepEqual(messages(text), [":5: Publish=: port 80 of the host is already published"]);
  assert.match(
    messages("[Sandbox]\nUnit=a.service\n[Network]\nNetwork=host\nPublish=80:80\n").join(),
    /^:5: Publish= cannot be used/,
  );
});

test("of a range the first port that is published already is told", () => {
  const ports = (...lines: readonly string[]) =>
    messages(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.map((line) => `Publish=${line}\n`).join("")}`);
  assert.deepEqual(ports("85:1", "80-89:80-89"), [":5: Publish=: port 85 of the host is already published"]);
  assert.deepEqual(ports("80-89:80-89", "88-99:1-12"), [":5: Publish=: port 88 of the host is already published"]);
  assert.deepEqual(ports("80-89:80-89", "80-89:80-89/udp", "90-99:80-89"), []);
  assert.deepEqual(ports("127.0.0.1:80:1", "192.0.2.7:80:1", "[::1]:80:1"), []);
});

test("a proxy passes on no datagrams", () => {
  const text = "[Sandbox]\nUnit=a.service\n[Network]\nPublish=80:80\nPublish=53:53/udp\n";
  assert.deepEqual(messages(text), []);
  assert.deepEqual(messages(`${text}PublishBy=proxy\n`), [
    ":5: Publish=: UDP has no connections that a proxy could pass on",
  ]);
  assert.deepEqual(messages(`${text.replace("/udp", ",proxy-protocol")}PublishBy=proxy\n`), []);
});

test("links have one range of each family", () => {
  const head = "[Sandbox]\nUnit=a.service\n[Network]\nLinkRange=10.90.0.0/16\n";
  assert.deepEqual(messages(`${head}LinkRange=fd12:3456:789a::/48\n`), []);
  assert.deepEqual(messages(`${head}LinkRange=fd12::/48\nLinkRange=10.91.0.0/16\n`), [
    ":6: LinkRange=: there is already a range for IPv4",
  ]);
});

test("two mounts do not cover each other", () => {
  const text = "[Sandbox]\nUnit=a.service\nMount=ram:/x=1M\nMount=host-bind:/x=/y\n";
  assert.deepEqual(messages(text), [":4: Mount=: something is already mounted on /x"]);
  assert.deepEqual(messages(text.replace("host-bind:/x", "host-bind:/x/y")), []);
});

test("what wants the sandbox is a unit, each by its full name", () => {
  const text = "[Sandbox]\nUnit=a.service\n[Install]\nWantedBy=";
  assert.deepEqual(messages(`${text}a.target  ../b.target %i.target\n`).length, 2);
  assert.deepEqual(messages(`${text}a.target  b.target\nWantedBy=\n`), []);
  assert.match(messages(`${text}${"x".repeat(1000)}\n`).join(), /=x{80}: expected the full name/);
});

test("on demand there is a port to connect to, and what stops by itself is started again", () => {
  const head = "[Sandbox]\nUnit=a.service\n[Network]\n";
  assert.match(messages(`${head}OnDemand=yes\n`).join(), /:4: OnDemand=: there is no port/);
  assert.match(messages(`${head}Publish=80:80\nIdleStopSec=5\n`).join(), /:5: IdleStopSec=: nothing would start/);
  assert.match(messages(`${head}Listen=80\nOnDemand=yes\nIdleStopSec=5\n`).join(), /:6: IdleStopSec= cannot see/);
  assert.deepEqual(messages(`${head}Publish=80:80\nOnDemand=yes\nIdleStopSec=5\n`), []);
  assert.deepEqual(messages(`${head}Listen=80\nOnDemand=yes\n`), []);
  assert.deepEqual(messages(`${head}Publish=80:80\nListen=81\nOnDemand=yes\n`), []);
});

test("a socket is there once, and there are as many as can be handed on", () => {
  const head = "[Sandbox]\nUnit=a.service\n[Network]\n";
  assert.match(messages(`${head}Publish=80:80\nListen=127.0.0.1:80\n`).join(), /:5: Listen=: port 80 is already used/);
  assert.deepEqual(
    messages(`${head}Listen=80\nListen=80\nListen=127.0.0.1:80\n`),
    [5, 6].map((line) => `:${line}: Listen=: port 80 is already used in this conf`),
  );
  const many = (count: number): string => Array.from({ length: count }, (_, index) => `Listen=${index + 1}\n`).join("");
  assert.deepEqual(messages(head + many(32)), []);
  assert.match(messages(head + many(33)).join(), /:36: Listen=: at most 32 sockets/);
});
