import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConf } from "../../../conf/parse-conf.ts";

const path = "/etc/sandboxcontainer/web.conf";
const linesOf = (text: string) =>
  parseConf(text, path).lines.map(({ section, key, value, line }) => [section, key, value, line]);
const errorsOf = (text: string) => parseConf(text, path).errors.map(({ message }) => message);

test("lines come with their place, in the order of the file, also from a section that is there twice", () => {
  assert.deepEqual(linesOf("[Unit]\nAfter=a\n[Sandbox]\nUnit=x.service\n[Unit]\nWants=b\nAfter=c\n"), [
    ["Unit", "After", "a", 2],
    ["Sandbox", "Unit", "x.service", 4],
    ["Unit", "Wants", "b", 6],
    ["Unit", "After", "c", 7],
  ]);
});

for (const value of [
  "a;b#c",
  '"quoted"',
  "'single'",
  "true",
  "null",
  '{"a":1}',
  "a=b=c",
  "[x]",
  "\\x41\\",
  "a\u2028b",
  "a\u2029b",
  "  inner  blanks",
]) {
  test(`the value ${JSON.stringify(value)} comes back as it was written`, () => {
    // A backslash at the end continues the line, so another character must follow.
    assert.deepEqual(linesOf(`[Unit]\nDescription=${value} .\n`), [["Unit", "Description", `${value} .`.trim(), 2]]);
  });
}

test("keys that are special in JavaScript are unknown keys and nothing else", () => {
  const errors = errorsOf("[Sandbox]\n__proto__=1\nconstructor=1\n[Unit]\n__proto__=1\ntoString=1\n[__proto__]\nx=1\n");
  assert.equal(errors.length, 5);
  assert.equal(({} as Record<string, unknown>)["x"], undefined);
});

test("a file of another system's editor is read: byte order mark and CRLF", () => {
  assert.deepEqual(linesOf("\uFEFF[Sandbox]\r\nUnit=a.service\r\n"), [["Sandbox", "Unit", "a.service", 2]]);
});

test("NUL, other control characters and bytes that are not UTF-8 are refused", () => {
  for (const bad of ["\0", "\x1b[31m", "a\rb", "\x7f", Buffer.from([0xff]).toString("utf8")]) {
    assert.match(errorsOf(`[Unit]\nDescription=${bad}.\n`).join(), /web\.conf:2: .* a control character/);
  }
});

test("what stands before a section, without a key or without = is an error with its line", () => {
  assert.deepEqual(errorsOf("Unit=a.service\n[Sandbox]\nUnit\n=x\n[Sandbox\n"), [
    `${path}:1: Unit= comes before any section`,
    `${path}:3: expected KEY=VALUE, but found \`Unit\``,
    `${path}:4: expected KEY=VALUE, but found \`=x\``,
    `${path}:5: expected a section, such as [Sandbox]`,
  ]);
});

test("keys of an unknown section are not complained about one by one", () => {
  assert.deepEqual(errorsOf("[Sandbx]\nUnit=a\nCopy=b\n"), [`${path}:1: [Sandbx] is not a section of a conf`]);
});

test("a line of more than a megabyte is refused, a shorter one read, and ten thousand lines at once", () => {
  assert.match(errorsOf(`[Unit]\nDescription=${"x".repeat(1024 * 1024)}\n`).join(), /:2: the line is too long/);
  const most = `After=${"x".repeat(1024 * 1024 - 6)}`;
  assert.equal(linesOf(`[Unit]\n${most}\n`).length, 1);
  assert.equal(linesOf(`[Unit]\n${most}x\n`).length, 0);
  assert.equal(linesOf(`[Sandbox]\n${"Package=x\n".repeat(10_000)}`).length, 10_000);
  assert.equal(errorsOf(`[Sandbox]\n${"Nonsense=x\n".repeat(10_000)}`).length, 10_000);
});

test("a control character of two bytes is refused as the others are: an archive's conf could have one", () => {
  assert.match(errorsOf("[Sandbox]\nExec=/bin/x \u009b31m\n").join(), /:2: the line is too long, or it has a control/);
});

test("a value that ends in a backslash is refused: it was written to the unit, and took in the next line there", () => {
  for (const end of ["", "\n", "\n\nExecReload=x\n"])
    assert.deepEqual(errorsOf(`[Service]\nExecStartPost=/x \\ \\${end}`), [
      `${path}:2: the value of ExecStartPost= ends in a backslash`,
    ]);
  assert.deepEqual(errorsOf("[Service]\nExecStartPost=/x \\\\ \\\n\n"), []);
});

test("a value of one character is one, and none is none", () => {
  assert.deepEqual(errorsOf("[Service]\nExecStartPre=x\n"), []);
  assert.match(errorsOf("[Service]\nExecStartPre=\n").join(), /without a value would remove a step/);
});

test("a section is a whole line", () => {
  assert.deepEqual(errorsOf("[]\n"), [`${path}:1: [] is not a section of a conf`]);
  for (const line of ["[x[Sandbox]", "[Sandbox]]", "[Sandbox] x", "[Sandbox"])
    assert.deepEqual(errorsOf(`${line}\n`), [`${path}:1: expected a section, such as [Sandbox]`]);
});

test("what is quoted in an error fits in a line", () => {
  const long = "x".repeat(1000);
  for (const text of [`[${long}]`, long, `${long}=1`, `[Sandbox]\n${long}=1`]) {
    assert.match(errorsOf(text).join(), /(?<!x)x{80}(?!x)/);
  }
});
