import assert from "node:assert/strict";
import test from "node:test";
import { isWorldReadable } from "../../../../helpers/sandbox/manifest/entry.ts";
import { isHostOnly, planOwnEtc } from "../../../../helpers/sandbox/manifest/etc.ts";
import { directory, fakeHost, file, link } from "./fake-host.ts";
import { plan, record } from "./scenario.ts";

test("what only the host needs stays there, whoever lists or names it", () => {
  const paths = ["/etc/systemd/logind.conf", "/etc/crypttab", "/etc/selinux/config", "/etc/sandboxcontainer/web1.conf"];
  for (const path of [...paths, "/etc/systemd", "/etc/fstab", "/etc/mtab"]) assert.ok(isHostOnly(path), path);
  for (const path of ["/etc/fstab.d", "/etc/systemd.conf", "/srv/etc/systemd", "/etc"])
    assert.ok(!isHostOnly(path), path);
  const host = Object.fromEntries([...paths, "/etc/db.conf"].map((path) => [path, file()]));
  const listed = plan({ packages: ["db"], extra: record("db", [...paths, "/etc/db.conf"]), host });
  const named = plan({
    packages: ["db"],
    extra: record("db", []),
    scripts: { db: [...paths, "/etc/db.conf"].join("\n") },
    host,
  });
  for (const { at } of [listed, named])
    assert.deepEqual(
      [...paths, "/etc/db.conf"].filter((path) => at(path) !== undefined),
      ["/etc/db.conf"],
    );
});

test("a script's link in /etc comes along, a folder and a file elsewhere do not", () => {
  const { at } = plan({
    packages: ["db"],
    extra: record("db", []),
    scripts: { db: "ln -s x /etc/default-db; mkdir /etc/shared; touch /opt/db/file\n" },
    host: { "/etc/default-db": link("x"), "/etc/shared": directory(), "/opt/db/file": file() },
  });
  assert.deepEqual(at("/etc/default-db")?.source, { link: "x" });
  for (const path of ["/etc/shared", "/opt/db/file"]) assert.equal(at(path), undefined);
});

test("in the service's own folder is everything but what a stranger closes to others", () => {
  const secrets = ["/etc/db/own", "/etc/db/both", "/etc/db/unlisted", "/etc/db/stranger"];
  const { database, selection, host } = plan({
    packages: ["db"],
    extra:
      record("db", ["/etc/db", "/etc/db/own", "/etc/db/both"]) +
      record("other", ["/etc/db/both", "/etc/db/stranger", "/etc/db/plugin"]),
    host: {
      ...Object.fromEntries(secrets.map((path) => [path, file("", 0o600)])),
      "/etc/db": directory(),
      "/etc/db/plugin": file(),
    },
  });
  assert.deepEqual(
    planOwnEtc(database, selection, host).map(({ path }) => path),
    ["both", "own", "plugin", "unlisted"].map((name) => `/etc/db/${name}`),
  );
});

test("what several packages list is the service's, if it is one of them", () => {
  const service = record("service", ["/etc/both"]).replace("\t\t\t\n", "\ta-lib\t\t\n");
  const { at } = plan({ packages: ["service"], extra: record("a-lib", ["/etc/both"]) + service });
  assert.equal(at("/etc/both")?.reason, "package service lists it");
});

test("a file is everybody's to read by its own bit, and by the folders above it", () => {
  const host = fakeHost({
    "/etc/open": file("", 0o604),
    "/etc/run-only": file("", 0o641),
    "/etc/closed": directory(0o756),
    "/etc/closed/file": file(),
  });
  const readable = ["/etc/open", "/etc/closed"];
  for (const path of [...readable, "/etc/run-only", "/etc/closed/file"])
    assert.equal(isWorldReadable(host, path), readable.includes(path), path);
  assert.equal(isWorldReadable({ ...host, lookUp: () => undefined }, "/etc/file"), false);
});
