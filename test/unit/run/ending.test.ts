import assert from "node:assert/strict";
import { constants } from "node:os";
import { test } from "node:test";
import { isClean, parseEnding } from "../../../helpers/run/ending.ts";

test("the way a service ended is read from the first line", () => {
  assert.deepEqual(parseEnding("ended exited 3\nended exited 0\n"), { kind: "exited", status: 3 });
  assert.deepEqual(parseEnding("\u0001ended killed 15\n"), { kind: "killed", signal: 15 });
});

test("nothing else that root inside may write is an ending", () => {
  for (const text of ["", "exited", "ended exited", "ended exited 256", "ended exited 1000", "ended exited -1"])
    assert.equal(parseEnding(text), undefined, text);
  for (const text of ["ended killed 0", "ended killed 65", "ended killed 9; reboot", "killed 9\nended killed 9"])
    assert.equal(parseEnding(text), undefined, text);
});

test("only a signal that ends a process is an ending", () => {
  const ending = Array.from({ length: 64 }, (_, index) => index + 1).filter((signal) => {
    const found = parseEnding(`ended killed ${signal}\n`);
    assert.ok(found === undefined || (found.kind === "killed" && found.signal === signal));
    return found !== undefined;
  });
  const { SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH } = constants.signals;
  const others = [SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH];
  assert.equal(ending.length, 64 - others.length);
  assert.ok(!others.some((signal) => ending.includes(signal)));
});

test("status 0 and the signals that systemd counts as clean are a success", () => {
  const clean = [1, 2, 9, 11, 13, 15].filter((signal) => isClean({ kind: "killed", signal }));
  assert.deepEqual(clean, [1, 2, 13, 15]);
  assert.ok(isClean({ kind: "exited", status: 0 }));
  assert.ok(!isClean({ kind: "exited", status: 1 }));
});
