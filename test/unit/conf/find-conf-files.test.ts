import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { findDropIns, listFolder, readConfFolders } from "../../../conf/conf-files.ts";
import { makeRoot } from "./roots.ts";

test("a folder that is not there is empty, one that is no folder is an error", () => {
  const { path } = makeRoot({ file: "" });
  assert.deepEqual(listFolder(join(path, "none")), []);
  assert.throws(() => listFolder(join(path, "file")), /file: the folder cannot be read \(ENOTDIR\)/);
});

test("of conf folders that cannot be read that is said, and the others are read", () => {
  const { folders, path } = makeRoot({ "etc/sandboxcontainer": "", "run/sandboxcontainer/b.conf": "" });
  const { confs, strays } = readConfFolders(folders);
  assert.deepEqual([...confs.values()], [join(path, "run/sandboxcontainer/b.conf")]);
  assert.match(
    strays.map(({ message }) => message).join(),
    /^\/.*\/sandboxcontainer: the folder cannot be read \(ENOTDIR\)$/,
  );
});

test("drop-ins are sorted by name, and hide those of their name in later folders", () => {
  const { path } = makeRoot({ "a/20.conf": "", "b/10.conf": "", "b/20.conf": "", "b/.x.conf": "", "b/y.txt": "" });
  const found = findDropIns([join(path, "a"), join(path, "none"), join(path, "b")]);
  assert.deepEqual(found, [join(path, "b/10.conf"), join(path, "a/20.conf")]);
});

test("confs are sorted by name, those of higher precedence found first, and other names reported", () => {
  const { folders, path } = makeRoot({
    "etc/sandboxcontainer/b.conf": "",
    "etc/sandboxcontainer/a b.conf": "",
    "run/sandboxcontainer/b.conf": "",
    "usr/lib/sandboxcontainer/a.conf": "",
    "run/sandboxcontainer/a.conf.d/x.conf": "",
    "etc/sandboxcontainer/a.conf.d/x.conf": "",
  });
  const { confs, dropInFolders, strays } = readConfFolders(folders);
  assert.deepEqual(
    [...confs.values()],
    [join(path, "usr/lib/sandboxcontainer/a.conf"), join(path, "etc/sandboxcontainer/b.conf")],
  );
  assert.deepEqual(dropInFolders.get("a")?.length, 2);
  assert.match(strays.map(({ message }) => message).join(), /a b\.conf: `a b` is not a valid sandbox name/);
});
