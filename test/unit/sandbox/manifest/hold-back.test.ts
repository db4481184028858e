import assert from "node:assert/strict";
import test from "node:test";
import type { HostTree } from "../../../../helpers/host/files/host-tree.ts";
import type { ManifestEntry } from "../../../../helpers/sandbox/manifest/entry.ts";
import { findHeldBack, withoutPaths } from "../../../../helpers/sandbox/manifest/hold-back.ts";
import { directory, fakeHost, file, link } from "./fake-host.ts";
import { plan, record } from "./scenario.ts";

type Table = NonNullable<Parameters<typeof plan>[0]["host"]>;

/** What stays out of a root that was made on the host `before`, now that it also has `added`. */
function hold(
  before: Parameters<typeof plan>[0],
  added: Table,
  later: Partial<Parameters<typeof plan>[0]> = {},
): readonly string[] {
  const first = plan(before);
  const now = plan({ ...before, ...later, host: { ...before.host, ...added } });
  const last = { population: "", packages: first.all, entries: first.entries };
  const { database, selection, host } = now;
  return findHeldBack(now.entries, { database, selection, units: [], host, last }).map(({ path }) => path);
}

const web = {
  packages: ["nginx"],
  host: { "/etc/nginx/sites-enabled/default": link("/etc/nginx/sites-available/default") },
};

test("sites that somebody made and enabled later stay out of a root that was made without them", () => {
  const added = {
    "/etc/nginx/sites-available/customer": file("server {}\n"),
    "/etc/nginx/sites-enabled/customer": link("/etc/nginx/sites-available/customer"),
    "/etc/nginx/conf.d": directory(),
    "/etc/nginx/conf.d/customer.conf": file("x\n"),
  };
  assert.deepEqual(hold(web, added), [
    "/etc/nginx/conf.d/customer.conf",
    "/etc/nginx/sites-available/customer",
    "/etc/nginx/sites-enabled/customer",
  ]);
  assert.deepEqual(hold({ ...web, host: { ...web.host, ...added } }, {}), []);
});

test("so does a link with which somebody enabled what a package has long shipped", () => {
  const name = "/etc/demo/mods-available/x";
  const before = {
    packages: ["demo"],
    extra: record("demo", ["/etc/demo", "/etc/demo/mods-available", name, "/etc/demo/mods-enabled"]),
    host: { "/etc/demo/mods-enabled": directory(), "/etc/demo/mods-available": directory() },
  };
  assert.deepEqual(hold(before, { "/etc/demo/mods-enabled/x": link("../mods-available/x") }), [
    "/etc/demo/mods-enabled/x",
  ]);
});

test("what a package that is new to the root has made comes: links to its files, and files in its folders", () => {
  const demo = record("demo", ["/etc/demo", "/etc/demo/mods-available", "/etc/demo/mods-enabled"]);
  const folders = { "/etc/demo/mods-enabled": directory(), "/etc/demo/mods-available": directory() };
  const plugin = record("plugin", ["/etc/demo/mods-available/plugin", "/etc/demo/plugin.d"]);
  const added = {
    "/etc/demo/mods-enabled/plugin": link("../mods-available/plugin"),
    "/etc/demo/plugin.d": directory(),
    "/etc/demo/plugin.d/made": file(),
    "/etc/demo/mods-enabled/other": link("/nowhere"),
  };
  const later = { extra: demo + plugin };
  assert.deepEqual(hold({ packages: ["demo"], extra: demo, host: folders }, added, later), [
    "/etc/demo/mods-enabled/other",
  ]);
});

test("so does what a script or ucf keeps, what other configuration names, and what programs of any package look for", () => {
  const before = {
    packages: ["demo"],
    extra: record("demo", ["/etc/demo", "/etc/demo/demo.conf", "/etc/ssl/certs/own"]),
    scripts: { demo: "touch /etc/demo/made\n" },
    host: { "/etc/demo": directory(), "/etc/demo/demo.conf": file("include /etc/demo/named\n") },
  };
  const added = {
    ...Object.fromEntries(["made", "kept", "named", "other"].map((name) => [`/etc/demo/${name}`, file()])),
    "/var/lib/ucf/registry": file("demo /etc/demo/kept\n"),
    "/etc/ssl/certs/0123.0": file(),
  };
  assert.deepEqual(hold(before, added), ["/etc/demo/other"]);
});

test("a host without some paths is else the same", () => {
  const host = fakeHost({ "/etc/a": file("a"), "/etc/b": file("b"), "/srv/a": file() });
  const less: HostTree = withoutPaths(host, ["/etc/a"]);
  assert.deepEqual([less.list("/etc"), less.list("/srv")], [["b"], ["a"]]);
  assert.deepEqual(
    [less.lookUp("/etc/a"), less.readText("/etc/a"), less.readText("/etc/b")],
    [undefined, undefined, "b"],
  );
});

test("what comes from nowhere on the host is not held back", () => {
  const entry: ManifestEntry = {
    ...{ path: "/etc/nginx/x", kind: "link", owner: 0, group: 0, mode: 0o777, reason: "" },
    source: { link: "/y" },
  };
  const { database, selection, host } = plan(web);
  const last = { population: "", packages: [], entries: [] };
  assert.deepEqual(findHeldBack([entry], { database, selection, units: [], host, last }), []);
});
