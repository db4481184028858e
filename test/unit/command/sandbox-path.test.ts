import assert from "node:assert/strict";
import test from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { parseSandboxPath } from "../../../helpers/command/tree-paths.ts";

const parse = (text: string): string => parseSandboxPath(parseSandboxName("web1"), text);

test("a path is tidied, and cannot lead out", () => {
  assert.equal(parse("/etc//apache2/./"), "/etc/apache2");
  assert.equal(parse("/../../etc"), "/etc");
  assert.equal(parse("/.."), "/");
});

test("what is no path inside is refused, with what is wrong", () => {
  assert.throws(() => parse("etc"), /etc is not an absolute path/);
  assert.throws(() => parse("/var/lib/sandboxcontainer/web1/root/etc"), /a path on the host/);
  assert.equal(parse(`/${"n".repeat(255)}`).length, 256);
  assert.throws(() => parse(`/etc/${"ö".repeat(128)}`), /a name in that path has more than 255 bytes/);
});
