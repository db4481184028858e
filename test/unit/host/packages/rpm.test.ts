import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { combineDatabases } from "../../../../helpers/host/packages/open-database.ts";
import { withSiblings } from "../../../../helpers/host/packages/package-database.ts";
import { parseRequirement, parseRpmDatabase, parseRpmVersions } from "../../../../helpers/host/packages/rpm.ts";
import { getPackage, namesOf, openFixtureDatabase } from "./fixture-database.ts";

const text = readFileSync(new URL("fixtures/rpm-query.txt", import.meta.url), "utf8");
const database = parseRpmDatabase(text, ["bin", "lib", "lib64", "sbin"]);

test("a package has its version and source, and a name of its own also where there are several of it", () => {
  assert.deepEqual(namesOf(database.packages), [
    "bash",
    "demo-extra",
    "demo-library",
    "demo-service",
    "glibc.i686",
    "glibc.x86_64",
    "gpg-pubkey",
    "kernel-core-6.1-1.x86_64",
    "kernel-core-6.2-1.x86_64",
  ]);
  const { manager, version, source } = getPackage(database, "demo-library");
  assert.deepEqual({ manager, version, source }, { manager: "rpm", version: "1:2.0-3", source: "demo" });
  assert.equal(getPackage(database, "gpg-pubkey").source, "gpg-pubkey");
});

test("paths are those of a merged /usr, and none of a package without files", () => {
  assert.deepEqual(database.listPaths(getPackage(database, "demo-service")), [
    "/etc/demo-service",
    "/etc/demo-service/demo.conf",
    "/usr/lib/systemd/system/demo-service.service",
    "/var/lib/demo-service",
  ]);
  assert.deepEqual(namesOf(database.findOwners("/lib/systemd/system/demo-service.service")), ["demo-service"]);
  assert.deepEqual(namesOf(database.findOwners("/usr/bin/sh")), ["bash"]);
  assert.deepEqual(database.listPaths(getPackage(database, "gpg-pubkey")), []);
});

test("dependencies lead through what is provided, be it a name, a library or a file, and through conditions", () => {
  assert.deepEqual(namesOf(database.findClosure([getPackage(database, "demo-service")])), [
    "bash",
    "demo-extra",
    "demo-library",
    "demo-service",
    "glibc.x86_64",
  ]);
  assert.deepEqual(namesOf(database.findDependents([getPackage(database, "bash")])), ["demo-service"]);
  assert.deepEqual(namesOf(withSiblings(database, [getPackage(database, "demo-service")])), [
    "demo-library",
    "demo-service",
  ]);
});

test("a requirement may be a condition with versions", () => {
  assert.deepEqual(parseRequirement("bash"), ["bash"]);
  assert.deepEqual(parseRequirement("perl(Carp)"), ["perl(Carp)"]);
  assert.deepEqual(parseRequirement("(a >= 1.0 if (b or perl(Carp)))"), ["a", "b", "perl(Carp)"]);
});

test("of two databases each answers for what it knows", () => {
  const both = combineDatabases([openFixtureDatabase(), database]);
  assert.deepEqual(namesOf(both.findOwners("/usr/sbin/apache2")), ["apache2-bin"]);
  assert.deepEqual(namesOf(both.findOwners("/etc/demo-service/demo.conf")), ["demo-service"]);
  assert.equal(getPackage(both, "demo-service").manager, "rpm");
  assert.equal(getPackage(both, "nginx").manager, "dpkg");
  const closure = both.findClosure([getPackage(both, "demo-service"), getPackage(both, "nginx")]);
  assert.deepEqual(
    closure.map(({ manager, name }) => `${manager} ${name}`),
    [
      "dpkg iproute2",
      "dpkg libc6:amd64",
      "dpkg nginx",
      "dpkg nginx-common",
      "rpm bash",
      "rpm demo-extra",
      "rpm demo-library",
      "rpm demo-service",
      "rpm glibc.x86_64",
    ],
  );
  assert.deepEqual(both.listPaths(getPackage(both, "demo-extra")), ["/etc/demo-service/extra.conf"]);
});

test("the versions alone have the names of the database", () => {
  const lines = [...text.matchAll(/^P\t(\S+\t\S+\t\S+)\t/gm)].map(([, line = ""]) => line);
  const versions = parseRpmVersions(`${lines.join("\n")}\n`);
  assert.deepEqual(
    versions.map(({ name, version }) => [name, version]).sort(),
    database.packages.map(({ name, version }) => [name, version]).sort(),
  );
  assert.ok(versions.length > 5);
});
