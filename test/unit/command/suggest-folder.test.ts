import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { findWrittenFolder, suggestFolder } from "../../../helpers/command/suggest-settings.ts";

const web = parseSandboxName("web");

test("the folder of /usr is found in the words of the shell, of coreutils, of Go and of Python", () => {
  for (const line of [
    "/etc/init.d/web: 12: cannot create /usr/lib/web/var/pid: Read-only file system",
    "mkdir: cannot create directory '/usr/lib/web/var/log': Read-only file system",
    "ln: failed to create symbolic link '/usr/lib/web/var/link' -> '/srv/x': Read-only file system",
    "open /usr/lib/web/var/state.db: read-only file system",
    "OSError: [Errno 30] Read-only file system: '/usr/lib/web/var/cache'",
  ])
    assert.equal(findWrittenFolder(`starting\n${line}\nfailed`), "/usr/lib/web/var", line);
});

test("other places, and other faults in /usr, are none", () => {
  for (const line of [
    "touch: cannot touch '/proc/sys/x': Read-only file system",
    "cp: cannot create '/srv/usr/lib/x': Read-only file system",
    "open /usr/lib/web/missing: no such file or directory",
    "touch: cannot touch '/usr/lib/../../etc/x': Read-only file system",
  ])
    assert.equal(findWrittenFolder(line), undefined, line);
});

test("a folder that is empty on the host may be one of the sandbox's own", () => {
  assert.match(
    suggestFolder(web, { Mount: [] }, "/usr/lib/web/var", true) ?? "",
    /sandboxcontainer set web Mount=guest-bind:\/usr\/lib\/web\/var=\/srv\/usr\/lib\/web\/var$/,
  );
});

test("what the conf mounts stays, and what the host has there stays visible", () => {
  const Mount = [{ kind: "ram", target: "/srv/x", bytes: 4096 }] as const;
  assert.match(suggestFolder(web, { Mount }, "/usr/lib/web/var", true) ?? "", /: add Mount=\S+ to its conf$/);
  assert.doesNotMatch(suggestFolder(web, { Mount: [] }, "/usr/lib/web", false) ?? "Mount=", /Mount=/);
  assert.equal(suggestFolder(web, { Mount: [] }, "/usr", true), null);
  const covered = [{ kind: "guest-bind", target: "/usr/lib/web", source: "/srv/x" }] as const;
  assert.equal(suggestFolder(web, { Mount: covered }, "/usr/lib/web/var", true), null);
});
