import assert from "node:assert/strict";
import { test } from "node:test";
import { findForeignPackage, mentionsPaths, suggestPackage } from "../../../helpers/command/suggest-settings.ts";
import { directory, fakeHost, file, link } from "../sandbox/manifest/fake-host.ts";
import { plan, record } from "../sandbox/manifest/scenario.ts";

const extra =
  record("list", ["/usr/bin/list", "/etc/list", "/etc/list/list.cf"]) +
  record("mta", ["/usr/sbin/postmap", "/etc/mta", "/etc/mta/main.cf"]) +
  record("tool", ["/usr/bin/tool"]);
const { entries, all, database } = plan({ packages: ["list"], extra });
const host = fakeHost({
  ...{ "/usr/sbin/postmap": file(), "/usr/bin/tool": file(), "/usr/bin/alias": link("../sbin/postmap") },
  ...{ "/etc/mta/main.cf": file(), "/etc/list/list.cf": file(), "/etc/mta": directory() },
});
const find = (said: string) => findForeignPackage(said, { packages: all, entries }, database, host);

test("a program or a file of a package that the sandbox lacks is found in a complaint about it", () => {
  const mta = (path: string) => ({ path, package: "mta" });
  assert.deepEqual(
    find("command failure: /usr/sbin/postmap /var/lib/list/lmtp, 1, Operation not permitted"),
    mta("/usr/sbin/postmap"),
  );
  assert.deepEqual(find('open "/etc/mta/main.cf": No such file or directory'), mta("/etc/mta/main.cf"));
  assert.deepEqual(find("cannot run /usr/bin/alias."), mta("/usr/bin/alias"));
});

test("no package is found without a complaint, for its own files, and where the host has no configuration", () => {
  for (const said of [
    "calls /usr/sbin/postmap",
    "/usr/bin/list failed at /etc/list/list.cf",
    "error: /usr/bin/tool",
    "error: /etc/mta/none",
    "error: /etc/x/../mta/main.cf",
    "error: /srv/etc/mta/main.cf",
    "",
  ])
    assert.equal(find(said), undefined, said);
});

test("only a complaint with a path is worth a look, and the advice names the setting", () => {
  assert.deepEqual(
    [mentionsPaths("error: /etc/x"), mentionsPaths("/etc/x"), mentionsPaths("error")],
    [true, false, false],
  );
  assert.match(
    suggestPackage("web", { path: "/etc/x", package: "mta:amd64" }),
    /web does not have: .* set web Package\+=mta$/,
  );
});
