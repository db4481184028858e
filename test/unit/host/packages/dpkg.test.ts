import assert from "node:assert/strict";
import test from "node:test";
import { parseDiversions, parseDpkgVersions, parseRelation } from "../../../../helpers/host/packages/dpkg.ts";
import { withSiblings } from "../../../../helpers/host/packages/package-database.ts";
import { fixtureDiversions, getPackage, namesOf, openFixtureDatabase } from "./fixture-database.ts";

const record = (name: string, status: string, paths: readonly string[], depends = "", provides = ""): string =>
  `P\t${name}\t${name.replace(/:.*/, "")}\t1\t${name}\t${status}\t\t${depends}\t${provides}\n /.\n${paths.map((path) => ` ${path}\n`).join("")}`;

test("a file has the package that ships it as owner, a directory all that do", () => {
  const database = openFixtureDatabase();
  assert.deepEqual(namesOf(database.findOwners("/usr/sbin/apache2")), ["apache2-bin"]);
  assert.deepEqual(namesOf(database.findOwners("/var/lib/apache2")), ["apache2", "apache2-bin"]);
  assert.deepEqual(namesOf(database.findOwners("/usr/sbin/apache")), []);
});

test("a path of the unmerged /usr means the merged one, in the question and in the database", () => {
  const database = openFixtureDatabase({
    extra: record("old", "installed", ["/lib/systemd/system/old.service", "/sbin/old"]),
  });
  assert.deepEqual(namesOf(database.findOwners("/lib/systemd/system/nginx.service")), ["nginx-common"]);
  assert.deepEqual(namesOf(database.findOwners("/usr/lib/systemd/system/old.service")), ["old"]);
  assert.deepEqual(database.listPaths(getPackage(database, "old")), [
    "/usr/lib/systemd/system/old.service",
    "/usr/sbin/old",
  ]);
});

test("the root directory is in no list", () => {
  const database = openFixtureDatabase();
  assert.deepEqual(database.listPaths(getPackage(database, "apache2-data")), ["/usr"]);
});

test("a package that was removed is not there, one that is half configured is", () => {
  const extra = record("removed", "config-files", ["/etc/removed"]) + record("half", "half-configured", ["/etc/half"]);
  const database = openFixtureDatabase({ extra });
  assert.equal(database.findPackage("removed"), undefined);
  assert.deepEqual(namesOf(database.findOwners("/etc/half")), ["half"]);
});

test("a package is found by its name without the architecture", () => {
  assert.equal(getPackage(openFixtureDatabase(), "libc6").name, "libc6:amd64");
});

test("siblings are the installed packages of the same source", () => {
  const database = openFixtureDatabase();
  const siblings = withSiblings(database, [getPackage(database, "apache2-bin")]);
  assert.deepEqual(namesOf(siblings), ["apache2", "apache2-bin", "apache2-data", "apache2-utils"]);
});

test("the closure follows Depends and Pre-Depends, and takes every installed provider of a virtual package", () => {
  const database = openFixtureDatabase();
  assert.deepEqual(namesOf(database.findClosure([getPackage(database, "nginx")])), [
    "iproute2",
    "libc6:amd64",
    "nginx",
    "nginx-common",
  ]);
  assert.deepEqual(namesOf(database.findClosure([getPackage(database, "base-files")])), [
    "base-files",
    "gawk",
    "libc6:amd64",
    "mawk",
  ]);
});

test("a circle of dependencies ends", () => {
  const database = openFixtureDatabase({
    extra: record("a", "installed", [], "b") + record("b", "installed", [], "a"),
  });
  assert.deepEqual(namesOf(database.findClosure([getPackage(database, "a")])), ["a", "b"]);
});

test("dependents are those that need a package, however indirectly, without itself", () => {
  const database = openFixtureDatabase({ extra: record("nginx-extras", "installed", [], "nginx") });
  assert.deepEqual(namesOf(database.findDependents([getPackage(database, "nginx-common")])), ["nginx", "nginx-extras"]);
});

test("relations lose versions, architectures and qualifiers", () => {
  assert.deepEqual(parseRelation("libc6 (>= 2.38), perl:any, debconf (>= 0.5) | debconf-2.0, x [amd64]"), [
    ["libc6"],
    ["perl"],
    ["debconf", "debconf-2.0"],
    ["x"],
  ]);
  assert.deepEqual(parseRelation(""), []);
});

test("a diverted path belongs to the package that diverted it", () => {
  const extra = record("nginx-other", "installed", ["/usr/sbin/nginx"]);
  const diversions = "diversion of /usr/sbin/nginx to /usr/sbin/nginx.distrib by nginx-other\n";
  const database = openFixtureDatabase({ extra, diversions });
  assert.deepEqual(namesOf(database.findOwners("/usr/sbin/nginx")), ["nginx-other"]);
});

test("what was diverted away is owned at its new place", () => {
  const diversions = "diversion of /sbin/nginx to /sbin/nginx.distrib by openssh-server\n";
  const database = openFixtureDatabase({ diversions });
  assert.deepEqual(namesOf(database.findOwners("/usr/sbin/nginx.distrib")), ["nginx"]);
});

test("a diversion without an owner is a local one", () => {
  assert.deepEqual(
    parseDiversions(fixtureDiversions).map(({ owner }) => owner),
    ["libreadline8t64", undefined, "openssh-server"],
  );
});

test("packages come after those that they depend on, a circle somehow", () => {
  const extra =
    record("top", "installed", [], "middle, left") +
    record("middle", "installed", [], "bottom") +
    record("bottom", "installed", []) +
    record("left", "installed", [], "right") +
    record("right", "installed", [], "left");
  const database = openFixtureDatabase({ extra });
  const sorted = (...names: string[]): string[] =>
    namesOf(database.orderByDependencies(names.map((name) => getPackage(database, name))));
  assert.deepEqual(sorted("top", "bottom"), ["bottom", "top"], "also through one that is not asked for");
  assert.deepEqual(sorted("left", "right").sort(), ["left", "right"]);
});

test("a package of every system is told by its priority, and a script by the package's name", () => {
  const extra = record("must", "installed", []).replace("\n", "\trequired\n") + record("may", "installed", []);
  const database = openFixtureDatabase({ extra, scripts: { must: "make-it\n", "may.preinst": "before\n" } });
  const [must, may] = [getPackage(database, "must"), getPackage(database, "may")];
  assert.deepEqual([database.isBase(must), database.isBase(may)], [true, false]);
  assert.deepEqual([database.readScript(must), database.readScript(may)], ["make-it\n", undefined]);
  assert.deepEqual([database.readPreinst(must), database.readPreinst(may)], [undefined, "before\n"]);
});

test("the versions alone leave out what was removed", () => {
  const output = "installed\tlibc6:amd64\t2.41-12\nconfig-files\told\t1\nhalf-configured\thalf\t1:2\n";
  assert.deepEqual(parseDpkgVersions(output), [
    { name: "libc6:amd64", version: "2.41-12" },
    { name: "half", version: "1:2" },
  ]);
});
