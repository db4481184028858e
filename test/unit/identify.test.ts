import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const script = join(import.meta.dirname, "../../helpers/identify");

/** What a helper that reads `identify` prints. */
const ask = (commands: string): string =>
  execFileSync("sh", ["-c", `. "$0"; ${commands}`, script], { encoding: "utf8" }).trim();

/** When a process began, from the text behind its name. */
const beginOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ")[19] ?? "";

// A8
test("a process that calls itself a newline, a parenthesis and a zombie's state is found", async () => {
  const child = spawn("sh", ["-c", "printf 'a\\n) Z 1 (b' >/proc/$$/comm; echo named; read -r _"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    await once(child.stdout, "data");
    const pid = child.pid ?? 0;
    assert.match(readFileSync(`/proc/${pid}/stat`, "utf8"), /\n\) Z 1/);
    assert.equal(ask(`look_at ${pid} && echo "$began"`), beginOf(pid));
    assert.equal(ask(`is_same ${pid} ${beginOf(pid)} && echo same`), "same");
  } finally {
    child.stdin.end();
    await once(child, "close");
  }
});

// F1
test("a number that another process has by now, one of nobody, and none at all are not the process that was written down", () => {
  const began = beginOf(process.pid);
  assert.equal(ask(`is_same ${process.pid} ${began} && echo same`), "same");
  assert.equal(ask(`is_same ${process.pid} ${Number(began) - 1} || echo other`), "other");
  assert.equal(ask(`is_same 4194304 ${began} || echo gone`), "gone");
  for (const words of ["", "'' ''", "gone ''", "1/../2 5"]) assert.equal(ask(`is_same ${words} || echo none`), "none");
});

test("one that has ended and that nobody waited for is gone", () => {
  const zombie = "sleep 0 & pid=$!; exec 3</proc/$pid/stat; sleep 0.3; look_at $pid || echo ended";
  // The shell waits for its children at a prompt only; bash would at once.
  assert.equal(ask(`sh -c '. "$0"; ${zombie}' "$0"`), "ended");
});
