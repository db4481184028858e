import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { verifyConf } from "../../../conf/verify-conf.ts";
import { confText, makeRoot } from "./roots.ts";

test("a good conf has neither errors nor warnings", () => {
  const { folders } = makeRoot({ "etc/sandboxcontainer/web.conf": confText() });
  const { errors, warnings } = verifyConf("web", folders);
  assert.deepEqual([errors, warnings], [[], []]);
});

test("a port of another sandbox is an error, for an installed conf and for a file that is to be installed", () => {
  const text = confText("[Network]\nPublish=80:80\n");
  const { folders, path } = makeRoot({
    "etc/sandboxcontainer/web.conf": text,
    "tmp/new.conf": text,
    "tmp/web.conf": text,
  });
  assert.equal(verifyConf("web", folders).errors.length, 0);
  assert.match(
    verifyConf(join(path, "tmp/new.conf"), folders).errors[0]?.message ?? "",
    /also published by sandbox web /,
  );
  assert.equal(verifyConf(join(path, "tmp/web.conf"), folders).errors.length, 0);
});

test("what another sandbox has is told once", () => {
  const text = confText("[Network]\nPublish=80:80\n");
  const { folders } = makeRoot({ "etc/sandboxcontainer/web.conf": text, "etc/sandboxcontainer/mail.conf": text });
  for (const name of ["web", "mail"]) assert.equal(verifyConf(name, folders).errors.length, 1);
});

// F6
test("what would not reach the service inside is an error, and what does is none", () => {
  const { folders } = makeRoot({
    "etc/sandboxcontainer/web.conf": confText("[Service]\nLimitCORE=1\nLimitNOFILE=1\nRestart=always\n"),
  });
  const { errors, warnings } = verifyConf("web", folders);
  assert.deepEqual([errors.length, warnings.length], [1, 0]);
  assert.match(errors[0]?.message ?? "", /LimitCORE= would not reach what runs inside/);
});

test("the host's network is a warning", () => {
  const { folders } = makeRoot({ "etc/sandboxcontainer/web.conf": confText("[Network]\nNetwork=host\n") });
  assert.match(verifyConf("web", folders).warnings.join(), /web\.conf:4: Network=host gives up a wall/);
});

// A2
test("set-user-id files that work on the host are a warning", () => {
  const { folders } = makeRoot({
    "etc/sandboxcontainer/web.conf": confText("[Sandbox]\nMount=host-bind:/srv=/a\nMount=host-bind,suid:/mnt=/b\n"),
  });
  const { warnings } = verifyConf("web", folders);
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), /web\.conf:5: Mount=host-bind,suid gives up a wall: .*\/b/);
});

test("a root without a conf is a warning, a file with no name of a sandbox an error", () => {
  const { folders, path } = makeRoot({ "tmp/a b.conf": confText() });
  assert.equal(verifyConf("gone", folders).warnings.length, 1);
  assert.throws(() => verifyConf(join(path, "tmp/a b.conf"), folders), /not a valid sandbox name/);
});
