import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stateRoot } from "../../../../base/paths.ts";
import {
  finalizeDestination,
  parseHostSource,
  parseInsideSource,
  renameTop,
} from "../../../../helpers/sandbox/copy/paths.ts";
import { makeTemporary } from "../populate/temporary.ts";

const file = { folder: "/etc", name: "passwd" };

test("a source inside is a path from the root of the sandbox, or the content of a folder", () => {
  assert.deepEqual(parseInsideSource("/etc/passwd"), file);
  assert.deepEqual(parseInsideSource("etc/../../etc//passwd/"), file);
  assert.deepEqual(parseInsideSource("/etc/apache2/."), { folder: "/etc/apache2", name: "." });
  for (const path of ["/", "", ".", "..", "/."])
    assert.throws(() => parseInsideSource(path), /whole sandbox cannot be copied/);
});

test("a destination is what cp makes of it", (context) => {
  const top = makeTemporary(context);
  mkdirSync(join(top, "d"));
  writeFileSync(join(top, "f"), "");
  symlinkSync("f", join(top, "to-f"));
  symlinkSync("d", join(top, "to-d"));
  symlinkSync("nothing", join(top, "to-nothing"));
  const where = (name: string, several = false, source = file) => {
    const { folder, name: as } = finalizeDestination(join(top, name), source, several);
    return [folder.slice(top.length), as?.toString()];
  };
  assert.deepEqual(where("d"), ["/d", "passwd"]);
  assert.deepEqual(where("to-d", true), ["/d", "passwd"]);
  assert.deepEqual(where("new"), ["", "new"]);
  assert.deepEqual(where("to-f"), ["", "f"]);
  assert.deepEqual(where("d", false, { folder: "/etc", name: "." }), ["/d", undefined]);
  assert.deepEqual(where("made", false, { folder: "/etc", name: "." }), ["/made", undefined]);
  assert.throws(() => where("f", true), /not a folder/);
  assert.throws(() => finalizeDestination(`${top}/f/`, file, false), /ENOTDIR|no folder/);
  assert.throws(() => where("absent", true), /there is no folder .*absent/);
  assert.throws(() => finalizeDestination(`${top}/absent/`, file, false), /there is no folder .*absent/);
  assert.throws(() => where("absent/x"), /there is no folder .*absent/);
  assert.throws(() => where("to-nothing"), /broken link/);
  assert.throws(() => finalizeDestination("/dev/null", file, false), /neither a file nor a folder/);
});

test("the trees of sandboxes are no place for the host", () => {
  assert.throws(() => parseHostSource(`${stateRoot}/web/root/etc/passwd`), /belongs to a sandbox/);
  assert.throws(() => parseHostSource("/no/such/file"), /no such file or folder on the host/);
});

test("tar gives the top entry the name that is wanted, whatever characters are in the two", (context) => {
  const names = ["plain", "a.b*c", "[x]^$", "a,b", "back\\slash", "&", "new\nline", "sp ace"];
  for (const from of names) {
    const top = makeTemporary(context);
    mkdirSync(join(top, from));
    writeFileSync(join(top, from, from), "");
    symlinkSync(from, join(top, from, "link"));
    for (const to of names) {
      const words = ["--create", "--file=-", `--directory=${top}`, `--transform=${renameTop(from, to)}`, "--", from];
      const archive = execFileSync("tar", words);
      const list = execFileSync("tar", ["--list", "--file=-", "--quoting-style=literal", "--show-transformed"], {
        input: archive,
        encoding: "utf8",
      });
      assert.ok(list.startsWith(`${to}/\n`), `${from} ${to} ${list}`);
      assert.ok(list.includes(`${to}/${from}\n`), `${from} ${to} ${list}`);
    }
  }
});
