import assert from "node:assert/strict";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { makeAttributeSetter } from "../../../../helpers/sandbox/archive/attributes.ts";
import { listOpen } from "../list-open.ts";
import { replaceProgram } from "./replace-program.ts";

const attribute = (name: string, value: string) => ({
  name: Buffer.from(name, "latin1"),
  value: Buffer.from(value, "latin1"),
});

/** Adds so many files, named by their numbers. */
function addFiles(folder: string, count: number): ReturnType<typeof makeAttributeSetter> {
  const setter = makeAttributeSetter();
  for (let index = 0; index < count; index++) {
    const file = openSync(join(folder, "setfattr"), "r");
    setter.add(file, Buffer.from(`file-${index}`), [attribute("user.x", "y")]);
  }
  return setter;
}

test("setfattr gets open files, and the names and values of attributes without any character of its own", (context) => {
  const folder = replaceProgram(
    context,
    "setfattr",
    'cat >input; echo "$* $LC_ALL" >words; readlink /proc/self/fd/3 /proc/self/fd/4 >files',
  );
  const setter = makeAttributeSetter();
  const paths = ["one", "two"].map((name) => join(folder, name));
  const notes = [
    [attribute("user.a=b\n\xff", "\xff\0"), attribute("user.A-z_9", "")],
    [attribute("system.posix_acl_access", "x")],
  ];
  for (const [index, path] of paths.entries()) setter.add(openSync(path, "w"), Buffer.from(path), notes[index] ?? []);
  setter.flush();
  assert.deepEqual(listOpen(folder), []);
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  assert.equal(
    read("input"),
    [
      "# file: /proc/self/fd/3\nuser.a\\075b\\012\\377=0xff00\nuser.A-z_9=0x\n",
      "# file: /proc/self/fd/4\nsystem.posix_acl_access=0x78\n",
    ].join("\n"),
  );
  assert.equal(read("words"), "--restore=- C.UTF-8\n");
  assert.equal(read("files"), paths.map((path) => `${path}\n`).join(""));
});

test("setfattr is run for many files at once, and not for none", (context) => {
  const folder = replaceProgram(context, "setfattr", "cat >>input");
  const setter = addFiles(folder, 0);
  setter.flush();
  assert.ok(!existsSync(join(folder, "input")));
  addFiles(folder, 199).close();
  assert.ok(!existsSync(join(folder, "input")));
  addFiles(folder, 200);
  assert.equal(readFileSync(join(folder, "input"), "utf8").match(/^# file/gm)?.length, 200);
});

test("what setfattr says is told of the file that it means, and nothing stays open", (context) => {
  const folder = replaceProgram(context, "setfattr", "cat >/dev/null; cat told >&2; exit 1");
  for (const [told, message] of [
    ["setfattr: /proc/self/fd/3: Not supported\n", 'the attributes or ACL of "file-0" cannot be set: Not supported'],
    ["setfattr: /proc/self/fd/14: No space\nmore", 'the attributes or ACL of "file-11" cannot be set: No space'],
    ["setfattr: /proc/self/fd/99: No space\n", "attributes cannot be set: setfattr: /proc/self/fd/99: No space"],
    ["out of memory\n", "attributes cannot be set: out of memory"],
  ] as const) {
    writeFileSync(join(folder, "told"), told);
    const setter = addFiles(folder, 12);
    assert.throws(() => {
      setter.flush();
    }, new SandboxError(message));
    setter.close();
    setter.close();
    assert.deepEqual(listOpen(folder), []);
  }
});

test("without setfattr, its package is named", (context) => {
  const folder = replaceProgram(context, "setfattr", "");
  const setter = addFiles(folder, 1);
  const path = process.env["PATH"];
  process.env["PATH"] = join(folder, "nothing");
  try {
    assert.throws(
      () => {
        setter.flush();
      },
      (error) =>
        error instanceof SandboxError &&
        error.message.startsWith("setfattr cannot be run: ") &&
        error.hint?.includes("the package attr") === true,
    );
  } finally {
    process.env["PATH"] = path;
    setter.close();
  }
});
