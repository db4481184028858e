import assert from "node:assert/strict";
import { test } from "node:test";
import { compareNodes } from "../../../../helpers/command/peer/compare-nodes.ts";
import { askPeer, type Node, parseNode } from "../../../../helpers/command/peer/describe-node.ts";

const own: Node = {
  version: "1.0",
  machineId: "a",
  control: "apparmor",
  packages: { apache2: "2.4.62", libc6: "2.41", unused: "1" },
  files: { "/etc/sandboxcontainer/web1.conf": "1", "/etc/sandboxcontainer/web1.conf.d/10-more.conf": "2" },
  sandboxes: { web1: { uuid: "u", packages: ["apache2", "libc6"] }, new: { uuid: null, packages: [] } },
};
const compare = (peer: Partial<Node>): readonly string[] =>
  compareNodes(own, { ...own, machineId: "b", ...peer }, "n2")
    .filter(({ verdict }) => verdict !== "ok")
    .map(({ verdict, check, message }) => `${verdict} ${check.replace("peer: ", "")}: ${message}`);

test("hosts that are alike but for their machine-id are fine", () => {
  assert.deepEqual(compare({}), []);
  assert.match(compare({ machineId: "a" })[0] ?? "", /^failed machine-id: n2 has the machine-id of this host/);
});

test("each difference is told, and packages only if a sandbox has them", () => {
  assert.deepEqual(compare({ version: "2.0", control: null }), [
    "warning version: 1.0 here, 2.0 on n2",
    "warning access control: apparmor here, none on n2",
  ]);
  assert.deepEqual(compare({ packages: { apache2: "2.4.63" } }), [
    "warning packages: apache2 is 2.4.62 here, 2.4.63 on n2; libc6 is 2.41 here, not installed on n2",
  ]);
  const files = { "/etc/sandboxcontainer/web1.conf": "9", "/etc/sandboxcontainer/db.conf": "1" };
  assert.deepEqual(compare({ files }), [
    "warning confs and policy: /etc/sandboxcontainer/db.conf is only on n2; /etc/sandboxcontainer/web1.conf differs; /etc/sandboxcontainer/web1.conf.d/10-more.conf is only here",
  ]);
});

test("a package whose name is a word of every object is missing where it is not there: it was a function", () => {
  const packages = { ...own.packages, constructor: "1" };
  assert.deepEqual(compare({ packages, sandboxes: { web1: { uuid: "u", packages: ["constructor"] } } }), [
    "warning packages: constructor is not installed here, 1 on n2",
  ]);
});

test("of a sandbox that is there on both, each should be a copy of the other", () => {
  const other = { uuid: "other", packages: [] };
  assert.match(compare({ sandboxes: { web1: other } })[0] ?? "", /^warning sandboxes: made separately.*: web1$/);
  assert.deepEqual(compare({ sandboxes: { new: other } }), []);
});

test("of many differences the first are told", () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`/${index}`, "1"]));
  assert.match(compare({ files: { ...own.files, ...files } })[0] ?? "", /; and 15 more$/);
});

test("only what describes a host is read", async () => {
  assert.deepEqual(parseNode(JSON.stringify(own)), own);
  const wrong = [{ version: 1 }, { packages: { a: 1 } }, { files: [] }, { sandboxes: { web1: {} } }, { control: 1 }];
  for (const change of wrong) assert.equal(parseNode(JSON.stringify({ ...own, ...change })), undefined);
  for (const text of ["", "null", "[]", "1"]) assert.equal(parseNode(text), undefined);
  for (const host of ["-oProxyCommand=x", "", "a b", "a;b"])
    await assert.rejects(askPeer(host), /is not the name of a host/);
});
