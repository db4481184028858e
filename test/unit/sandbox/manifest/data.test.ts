import assert from "node:assert/strict";
import test from "node:test";
import { planData } from "../../../../helpers/sandbox/manifest/data.ts";
import { directory, file, link } from "./fake-host.ts";
import { plan, record } from "./scenario.ts";

const withLib = (paths: readonly string[], lib: readonly string[]): string =>
  record("lib", lib) + record("service", paths).replace("\t\t\t\n", "\tlib\t\t\n");

test("data is copied from /var and /srv, and what a package has in /opt is not data", () => {
  const paths = ["/srv/service", "/opt/service", "/var/lib/service"];
  const host = Object.fromEntries(paths.map((path) => [path, directory()]));
  const { at } = plan({ packages: ["service"], extra: record("service", paths), host, copy: true });
  assert.deepEqual(
    paths.map((path) => at(path)?.source),
    [{ copyTree: "/srv/service" }, undefined, { copyTree: "/var/lib/service" }],
  );
  assert.equal(at("/opt/service")?.kind, "directory");
});

test("of a dependency come its directories and the files that everybody may read", () => {
  const own = ["/var/lib/service", "/var/lib/service/secret"];
  const { at } = plan({
    packages: ["service"],
    extra: withLib(own, [
      "/var/lib/lib",
      "/var/lib/lib/sub",
      "/var/lib/lib/secret",
      "/var/cache/lib.db",
      "/var/lib/service",
    ]),
    host: {
      "/var/lib/service": directory(),
      "/var/lib/service/secret": file("", 0o600),
      "/var/lib/lib": directory(0o700),
      "/var/lib/lib/secret": file("", 0o600),
      "/var/lib/lib/sub": directory(),
      "/var/cache/lib.db": file(),
    },
  });
  assert.equal(at("/var/lib/service")?.reason, "package service lists it");
  assert.equal(at("/var/lib/service/secret")?.mode, 0o600);
  assert.deepEqual([at("/var/lib/lib")?.kind, at("/var/lib/lib")?.mode], ["directory", 0o700]);
  assert.equal(at("/var/lib/lib/secret"), undefined);
  assert.equal(at("/var/lib/lib/sub")?.kind, "directory");
  assert.equal(at("/var/cache/lib.db")?.kind, "file");
});

test("a directory that every system has is no package's data", () => {
  const extra = record("service", ["/var/lib", "/var/lib/service"]);
  const { database, selection, host } = plan({
    packages: ["service"],
    extra,
    host: { "/var/lib": directory(), "/var/lib/service": directory() },
  });
  assert.deepEqual(
    planData(database, selection, host, true).map(({ path }) => path),
    ["/var/lib/service"],
  );
});

test("a directory that is gone on the host is made again, and nothing else is", () => {
  const extra = record("service", ["/srv/service", "/srv/service/file"]);
  const { at } = plan({ packages: ["service"], extra });
  assert.deepEqual([at("/srv/service")?.kind, at("/srv/service")?.mode], ["directory", 0o755]);
  assert.equal(at("/srv/service/file"), undefined);
});

test("what not the package's own script makes, or another package has, is not the service's", () => {
  const names = ["/var/log/before", "/var/log/other", "/var/log/db", "/var/spool/db", "/var/cache/db"];
  const { at } = plan({
    packages: ["db"],
    copy: true,
    extra: record("db", ["/var/cache/db/own"]) + record("other", ["/var/log/other", "/var/spool/db"]),
    scripts: { "db.preinst": "mkdir /var/log/before\n", db: "chown db /var/log/other\n" },
    host: Object.fromEntries(names.map((path) => [path, directory()])),
  });
  assert.deepEqual(
    names.map((path) => at(path)?.kind),
    ["directory", undefined, "directory", undefined, "directory"],
  );
  assert.deepEqual(at("/var/cache/db")?.source, { copyTree: "/var/cache/db" });
});

test("a link to data stays one if it is relative, or leads to where a sandbox has its own", () => {
  for (const [target, moved] of [
    ["../../data/db", "/data/db"],
    ["/srv/db", "/srv/db"],
    ["/srv", "/srv"],
    ["/data/gone", "/data/other"],
  ] as const) {
    const host = { "/var/lib/db": link(target), [moved]: directory() };
    const { at } = plan({ packages: ["db"], extra: record("db", ["/var/lib/db"]), host });
    assert.deepEqual(at("/var/lib/db")?.source, { link: target }, target);
  }
});
