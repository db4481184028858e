import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeRefusal, parseTerminal } from "../../../helpers/host/libvirt.ts";

test("a domain of that name that ends or starts is a refusal that passes", () => {
  for (const [reason, isStarting] of [
    ["operation failed: domain 'web' is already being removed", false],
    ["operation failed: domain is already active as 'web'", false],
    ["operation failed: domain 'web' is already being started", true],
  ] as const)
    assert.deepEqual(judgeRefusal(reason), { kind: "busy", isStarting, reason });
});

test("any other refusal is told with its words", () => {
  const reason = "internal error: guest failed to start";
  assert.deepEqual(judgeRefusal(reason), { kind: "refused", reason });
});

test("the terminal of a console is read from the XML of a domain that runs", () => {
  const console = (more: string): string =>
    `<devices><console type='pty'${more}><target type='lxc' port='0'/></console>`;
  assert.equal(parseTerminal(console(" tty='/dev/pts/12'")), "/dev/pts/12");
  assert.equal(parseTerminal(console("")), undefined);
  assert.equal(parseTerminal(console(" tty='/etc/passwd'")), undefined);
});
