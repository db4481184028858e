import assert from "node:assert/strict";
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ConfErrors } from "../../../base/errors.ts";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { listSandboxes, loadAllConfs, loadConf, loadConfFile, loadConfText } from "../../../conf/load-conf.ts";
import { confText, makeRoot } from "./roots.ts";

const web = parseSandboxName("web");

test("one sandbox is loaded as it is among all", () => {
  const { folders } = makeRoot({
    "etc/sandboxcontainer/defaults.conf.d/a.conf": "[Security]\nLabel=none\n",
    "run/sandboxcontainer/web.conf": confText(),
    "usr/lib/sandboxcontainer/web.conf": "hidden",
    "etc/sandboxcontainer/web.conf.d/10.conf": "[Sandbox]\nCopy=yes\n",
    "usr/lib/sandboxcontainer/web.conf.d/05.conf": "[Sandbox]\nCopy=no\n",
  });
  const conf = loadConf(web, folders);
  assert.deepEqual([conf.Label.kind, conf.Copy, conf.files.length], ["none", true, 4]);
  assert.deepEqual(
    loadAllConfs(folders).sandboxes.map((sandbox) => sandbox.conf),
    [conf],
  );
});

test("a wrong conf throws all its errors at once", () => {
  const { folders } = makeRoot({ "etc/sandboxcontainer/web.conf": confText("Copy=maybe\nHome=x\n") });
  assert.throws(
    () => loadConf(web, folders),
    (error) =>
      error instanceof ConfErrors && error.status === 2 && error.errors.length === 2 && error.message.includes("\n"),
  );
});

test("a name without a conf is told the nearest that has one", () => {
  const { folders } = makeRoot({ "etc/sandboxcontainer/wbe.conf": confText() });
  assert.throws(() => loadConf(web, folders), { message: "there is no sandbox web", hint: "Did you mean wbe?" });
});

test("where no name is near, it is told where the conf would be", () => {
  const { folders, path } = makeRoot({ "run/sandboxcontainer/database.conf": confText() });
  const hint = `Its conf would be ${path}/etc/sandboxcontainer/web.conf`;
  assert.throws(() => loadConf(web, folders), { status: 2, hint });
});

test("a masked sandbox is not listed, and to load it says what masks it", () => {
  const { folders, path } = makeRoot({
    "etc/sandboxcontainer/web.conf": "",
    "run/sandboxcontainer/web.conf": confText(),
  });
  assert.deepEqual(listSandboxes(folders), []);
  assert.deepEqual(loadAllConfs(folders).sandboxes, []);
  assert.throws(() => loadConf(web, folders), {
    message: `sandbox web is masked by ${path}/etc/sandboxcontainer/web.conf`,
  });
});

test("listing does not mind what is in a conf", () => {
  const { folders, path } = makeRoot({
    "etc/sandboxcontainer/web.conf": "nonsense",
    "etc/sandboxcontainer/a b.conf": "",
  });
  assert.deepEqual(listSandboxes(folders), [{ name: "web", path: `${path}/etc/sandboxcontainer/web.conf` }]);
});

test("a drop-in or a default that cannot be read is an error, and not one that says nothing", () => {
  const { folders, path } = makeRoot({
    "etc/sandboxcontainer/web.conf": confText(),
    "etc/sandboxcontainer/web.conf.d/a.conf": "",
  });
  symlinkSync("nowhere", join(path, "etc/sandboxcontainer/web.conf.d/b.conf"));
  symlinkSync("nowhere", join(path, "etc/sandboxcontainer/defaults.conf.d"));
  assert.throws(() => loadConf(web, folders), /b\.conf: the file is a broken link/);
});

test("so is a folder of drop-ins", () => {
  const { folders } = makeRoot({ "etc/sandboxcontainer/web.conf": confText(), "run/sandboxcontainer/web.conf.d": "" });
  assert.throws(() => loadConf(web, folders), /web\.conf\.d: the folder cannot be read \(ENOTDIR\)/);
});

test(
  "a conf that may not be read is one with an error",
  { skip: process.getuid?.() === 0 && "root may read all" },
  () => {
    const { folders, path } = makeRoot({ "etc/sandboxcontainer/web.conf": confText() });
    chmodSync(join(path, "etc/sandboxcontainer/web.conf"), 0);
    assert.throws(() => loadConf(web, folders), /cannot be read \(EACCES\)/);
  },
);

test("a file elsewhere is loaded with its own drop-ins and the host's defaults", () => {
  const { folders, path } = makeRoot({
    "etc/sandboxcontainer/defaults.conf.d/a.conf": "[Security]\nLabel=none\n",
    "tmp/new.conf": confText(),
    "tmp/new.conf.d/a.conf": "[Sandbox]\nCopy=yes\n",
  });
  const { conf, errors } = loadConfFile(web, join(path, "tmp/new.conf"), folders);
  assert.deepEqual([errors, conf.Label.kind, conf.Copy], [[], "none", true]);
  assert.throws(() => loadConfFile(web, join(path, "tmp/none.conf"), folders), /there is no file/);
});

test("a text is loaded as if it were in the conf, with its drop-ins and the host's defaults", () => {
  const { folders } = makeRoot({
    "etc/sandboxcontainer/defaults.conf.d/a.conf": "[Security]\nLabel=none\n",
    "etc/sandboxcontainer/web.conf": "[Sandbox]\nUnit=old.service\n",
    "run/sandboxcontainer/web.conf.d/a.conf": "[Sandbox]\nCopy=yes\n",
  });
  const { conf, errors } = loadConfText(web, "web.conf", confText(), folders);
  assert.deepEqual([errors, conf.Label.kind, conf.Unit, conf.Copy], [[], "none", ["apache2.service"], true]);
});
