import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const enter = join(import.meta.dirname, "../../dist/lib/enter");
const enterNetwork = join(import.meta.dirname, "../../dist/lib/enter-network");
const filter = join(import.meta.dirname, "../../dist/lib/filter");
const whole = "1 6 0 0 2147418112";

const run = (program: string, ...words: readonly string[]) =>
  spawnSync(program, words, { encoding: "utf8", timeout: 20_000 });

/** Asserts that the program refuses words with a line, and was not killed. */
function refuses(status: number, message: RegExp, ...words: readonly string[]): void {
  refusesAs(enter, status, message, ...words);
}

function refusesAs(program: string, status: number, message: RegExp, ...words: readonly string[]): void {
  const ran = run(program, ...words);
  assert.equal(ran.signal, null, words.join(" "));
  assert.equal(ran.status, status, `${words.join(" ")}: ${ran.stderr}`);
  assert.match(ran.stderr, message);
  assert.equal(ran.stdout, "");
}

test("wrong words are refused with the usage", () => {
  for (const words of [
    [],
    ["--filter"],
    ["--filter", whole],
    ["--filter", whole, "1:2"],
    ["2:2", "true"],
    ["--wrong", "2:2", "true"],
    ["--filter", whole, "--context", "c", "--profile", "p", "2:2", "true"],
    ["--filter", whole, "--awaited", "2:2", "true"],
    ["--filter", whole, "--term", "x".repeat(200), "2:2", "true"],
    ...["", "all", "-1", "0x1", "10000000000000000"].map((mask) => [
      "--filter",
      whole,
      "--bounds",
      mask,
      "2:2",
      "true",
    ]),
  ])
    refuses(2, /^sandboxcontainer: usage: enter /, ...words);
});

test("the program for the DHCP client takes its own words only", () => {
  for (const words of [[], ["1:2"], ["--filter", whole, "2:2", "true"], ["--profile"], ["--awaited", "2:2"]])
    refusesAs(enterNetwork, 2, /^sandboxcontainer: usage: enter-network /m, ...words);
  refusesAs(enterNetwork, 1, /^sandboxcontainer: the sandbox has stopped$/m, "--awaited", "4194303:1", "true");
});

test("a process is its number and the moment it began, and nothing else", () => {
  for (const process of [
    "",
    ":",
    "1:1",
    "0:1",
    "5",
    "5:",
    "5: 1",
    "5:1x",
    "x:1",
    "+5:1",
    " 5:1",
    "99999999999:1",
    "5:1:1",
  ])
    refuses(1, /is not PID:BEGAN/, "--filter", whole, process, "true");
});

test("a process that has ended, or has the number of one, is no sandbox", () => {
  refuses(1, /^sandboxcontainer: the sandbox has stopped$/m, "--filter", whole, "4194303:1", "true");
  refuses(1, /^sandboxcontainer: the sandbox has stopped$/m, "--filter", whole, `${process.pid}:1`, "true");
});

test("a filter that is damaged or cut off is refused", () => {
  const damaged = [
    "",
    "0",
    "x",
    "-1",
    "1",
    "1 6 0 0",
    "1 6 0 0 x",
    "1 6 0 0 4294967296",
    "1 65536 0 0 0",
    "1 6 256 0 0",
  ];
  for (const text of [...damaged, "2 6 0 0 0", "1 6 0 0 0 0", "4097 ".repeat(99)])
    refuses(1, /filter/, "--filter", text, "5:1", "true");
});

// A simple generator, so that each run tries the same.
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) yield (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}

test("no words kill the programs that enter and that start", () => {
  const next = numbers(7);
  const pick = <T>(all: readonly T[]): T => all[(next.next().value ?? 0) % all.length] as T;
  const words = [
    "--filter",
    whole,
    "--context",
    "--profile",
    "--term",
    "--awaited",
    "--",
    "-",
    "5:1",
    "true",
    "",
    "%n%s",
    "x".repeat(5000),
    "9".repeat(40),
    "--no-new-privs",
    "5000 1",
  ];
  for (let round = 0; round < 150; round += 1) {
    const chosen = Array.from({ length: (next.next().value ?? 0) % 7 }, () => pick(words));
    for (const program of [enter, enterNetwork, filter]) {
      const ran = run(program, ...chosen);
      assert.equal(ran.signal, null, `${program} ${chosen.join(" ")}`);
    }
  }
});
