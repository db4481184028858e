import assert from "node:assert/strict";
import test from "node:test";
import { namesOf } from "../../host/packages/fixture-database.ts";
import { directory, file, link } from "./fake-host.ts";
import { plan, record } from "./scenario.ts";

const dependsOn = (text: string, name: string, priority = "optional"): string =>
  text.replace("\t\t\t\n", `\t\t${name}\t\t${priority}\n`);
const makesData = "mkdir -p /var/lib/db/main\n";

test("a service's own packages are configured if their scripts make data, those of every system never", () => {
  const { steps } = plan({
    packages: ["db"],
    extra: dependsOn(record("db", ["/etc/db"]), "base") + dependsOn(record("base", ["/var/lib/base"]), "", "required"),
    scripts: { db: makesData, base: "mkdir -p /var/lib/base/x\n" },
    host: { "/var/lib/base/x": file() },
  });
  assert.deepEqual(namesOf(steps.packages), ["db"]);
});

test("a script that makes no data is not run", () => {
  const scripts = { db: "adduser --system db\nupdate-alternatives --install /usr/bin/db db /usr/bin/db-17 17\n" };
  assert.deepEqual(plan({ packages: ["db"], extra: record("db", ["/etc/db"]), scripts }).steps.packages, []);
});

test("what a service needs is configured first, if the host has data of it", () => {
  const extra =
    dependsOn(record("db", ["/etc/db"]), "db-common, other-common") +
    record("db-common", ["/var/lib/db"]) +
    record("other-common", ["/var/lib/other"]);
  const scripts = { db: makesData, "db-common": "do-something\n", "other-common": "do-something /var/lib/other\n" };
  const { steps } = plan({
    packages: ["db"],
    extra,
    scripts,
    host: { "/var/lib/db": directory(), "/var/lib/db/17": directory(), "/var/lib/other": directory() },
  });
  assert.deepEqual(namesOf(steps.packages), ["db-common", "db"]);
});

test("what a service needs is not configured if its script has no own step, or the host no data of it", () => {
  const own = "do-something\n";
  const automatic = "# Automatically added by dh/13\ndo-something\n# End automatically added section\n";
  const cases: readonly (readonly [script: string, paths: readonly string[], configured: boolean])[] = [
    [own, ["/var/lib/lib"], true],
    [automatic, ["/var/lib/lib"], false],
    [own, ["/etc/lib", "/var/log/lib"], false],
    [own, ["/var/lib/misc"], false],
    [own, ["/var/lib/listed"], false],
  ];
  for (const [script, paths, configured] of cases) {
    const { steps } = plan({
      packages: ["db"],
      extra:
        dependsOn(record("db", ["/var/lib/listed/x"]), "lib") +
        record("lib", [...paths, ...paths.map((path) => `${path}/known`)]),
      scripts: { lib: script },
      host: Object.fromEntries([
        ...paths.flatMap((path) => [[path, directory()] as const, [`${path}/known`, file()] as const]),
        ...paths.filter((path) => path !== "/var/lib/listed").map((path) => [`${path}/new`, file()] as const),
        ["/var/lib/listed/x", file()] as const,
      ]),
    });
    assert.deepEqual(namesOf(steps.packages), configured ? ["lib"] : [], JSON.stringify([script, paths]));
  }
});

test("what a service needs is configured if the host has a page that its script names and no package lists", () => {
  const page = "/var/www/html/index.html";
  const look = (host: Readonly<Record<string, ReturnType<typeof file>>>, lists: readonly string[]): readonly string[] =>
    namesOf(
      plan({
        packages: ["db"],
        extra: dependsOn(record("db", ["/etc/db"]), "pages") + record("pages", lists),
        scripts: { pages: `cp /usr/share/page ${page}\n` },
        host,
      }).steps.packages,
    );
  assert.deepEqual(look({ [page]: file() }, ["/usr/share/page"]), ["pages"]);
  assert.deepEqual(look({}, ["/usr/share/page"]), []);
  assert.deepEqual(look({ [page]: file() }, [page]), []);
});

test("the service's packages without steps are settled, and with the host's data all of them", () => {
  const scenario = {
    packages: ["db"],
    extra: record("db", ["/etc/db"]) + record("db-doc", ["/etc/db-doc"]).replace("\t1\tdb-doc", "\t1\tdb"),
    scripts: { db: makesData },
  };
  const look = (copy: boolean): readonly (readonly string[])[] => {
    const { steps } = plan({ ...scenario, copy });
    return [namesOf(steps.packages), namesOf(steps.settled), namesOf(steps.renewable)];
  };
  assert.deepEqual(look(false), [["db"], ["db-doc"], []]);
  assert.deepEqual(look(true), [[], ["db", "db-doc"], []]);
});

test("what builds upon a service's scripts is configured with it", () => {
  const extra =
    record("db-common", ["/usr/share/db/functions"]) +
    record("other", ["/usr/share/db/functions"]) +
    dependsOn(record("db-17", ["/etc/db-17", "/etc/db-17/db.key"]), "db-common") +
    dependsOn(record("admin", []), "db-common");
  const { steps } = plan({
    packages: ["db-common"],
    extra,
    scripts: { "db-17": ". /usr/share/db/functions\ncreate_cluster db.key\n", admin: makesData },
    host: { "/etc/db-17": directory(), "/etc/db-17/db.key": file("k", 0o600) },
  });
  assert.deepEqual(namesOf(steps.packages), ["db-17"]);
  assert.deepEqual(steps.made, [], "what it ships is not made");
});

test("with the host's data the service's own packages are not configured, and their keys come along", () => {
  const { steps, at } = plan({
    packages: ["db"],
    copy: true,
    extra: record("db", ["/etc/db"]),
    scripts: { db: `${makesData}make-key /etc/db/db.key\n` },
    host: { "/etc/db": directory(), "/etc/db/db.key": file("k", 0o600) },
  });
  assert.deepEqual(steps.packages, []);
  assert.deepEqual(at("/etc/db/db.key")?.source, { copy: "/etc/db/db.key" });
});

test("a key that the package's script makes stays on the host, with its public half", () => {
  const { steps, at } = plan({
    packages: ["db"],
    extra: record("db", ["/etc/db", "/etc/db/db.conf"]),
    scripts: { db: "[ -e /etc/db/db.key ] || make-key /etc/db/db.key\n" },
    host: {
      "/etc/db": directory(),
      "/etc/db/db.key": file("k", 0o640, { group: 5 }),
      "/etc/db/db.pem": file("p"),
      "/etc/db/site.conf": file(),
    },
  });
  assert.deepEqual([namesOf(steps.packages), namesOf(steps.renewable)], [["db"], ["db"]]);
  for (const path of ["/etc/db/db.key", "/etc/db/db.pem"]) assert.deepEqual(at(path)?.source, { madeBy: "db" });
  assert.deepEqual([at("/etc/db/db.key")?.mode, at("/etc/db/db.key")?.group], [0o640, 5]);
  assert.deepEqual(at("/etc/db/site.conf")?.source, { copy: "/etc/db/site.conf" });
  assert.deepEqual(steps.unlisted, ["/etc/db/db.key", "/etc/db/db.pem", "/etc/db/site.conf"]);
});

test("a key may be made by the script that runs before the package is unpacked, alone or with the other", () => {
  const host = { "/etc/db": directory(), "/etc/db/db.key": file("k", 0o600) };
  const extra = record("db", ["/etc/db"]);
  const scripts = { "db.preinst": "make-key /etc/db/db.key\n" };
  for (const each of [scripts, { ...scripts, db: "something-else\n" }]) {
    const { steps, at } = plan({ packages: ["db"], extra, scripts: each, host });
    assert.deepEqual(namesOf(steps.packages), ["db"]);
    assert.deepEqual(at("/etc/db/db.key")?.source, { madeBy: "db" });
  }
});

test("a key is known by its text, and may be made by a program of the package or its tmpfiles.d", () => {
  const secret = file("-----BEGIN PRIVATE KEY-----\n", 0o600);
  const { at, steps } = plan({
    packages: ["db"],
    extra: record("db", ["/etc/db", "/usr/bin/make-db", "/usr/lib/tmpfiles.d/db.conf"]),
    scripts: { db: "make-db\n" },
    host: {
      "/etc/db": directory(),
      "/etc/db/server.pem": secret,
      "/etc/db/secret": file("s", 0o600),
      "/usr/bin/make-db": file("#!/bin/sh\nopenssl … -out server.pem\n"),
      "/usr/lib/tmpfiles.d/db.conf": file("C /etc/db/secret 600 - - - /proc/sys/kernel/random/uuid\n"),
    },
  });
  assert.deepEqual(at("/etc/db/server.pem")?.source, { madeBy: "db" });
  assert.deepEqual(at("/etc/db/secret")?.source, { madeBy: "db" });
  assert.deepEqual(steps.temporary, ["db.conf"]);
});

test("without any script nothing is configured, whatever tmpfiles.d names", () => {
  const { at, steps } = plan({
    packages: ["db"],
    extra: record("db", ["/etc/db", "/usr/lib/tmpfiles.d/db.conf"]),
    host: {
      "/etc/db": directory(),
      "/etc/db/secret": file("s", 0o600),
      "/usr/lib/tmpfiles.d/db.conf": file("C /etc/db/secret 600 - - -\n"),
    },
  });
  assert.deepEqual(steps.packages, []);
  assert.deepEqual(at("/etc/db/secret")?.source, { copy: "/etc/db/secret" });
});

test("what tmpfiles.d makes is made for the service and what it needs, but not what every system has", () => {
  const of = (name: string): string => `/usr/lib/tmpfiles.d/${name}.conf`;
  const extra =
    dependsOn(record("db", [of("db"), of(""), `${of("db")}.bak`, `/opt${of("opt")}`, of("sub/x")]), "base, lib") +
    dependsOn(record("base", [of("base")]), "", "required") +
    record("lib", [of("lib")]);
  assert.deepEqual([...plan({ packages: ["db"], extra }).steps.temporary].sort(), ["db.conf", "lib.conf"]);
  assert.deepEqual(plan({ packages: ["base"], extra }).steps.temporary, ["base.conf"]);
});

test("files in no list are those in folders of the package alone, sorted, with names of one line", () => {
  const folders = ["/etc/a", "/etc/opt", "/etc/shared", "/etc/linked", "/var/lib/a"];
  const { steps } = plan({
    packages: ["a"],
    extra:
      dependsOn(record("a", [...folders, "/etc/a/listed"]), "z") +
      record("z", ["/etc/z", "/var/lib/z"]) +
      record("other", ["/etc/shared"]),
    scripts: { a: makesData, z: makesData },
    host: {
      ...Object.fromEntries(
        folders.flatMap((path) => [
          [path, directory()],
          [`${path}/file`, file()],
        ]),
      ),
      "/etc/linked": link("shared"),
      "/etc/a/listed": file(),
      "/etc/a/two\nlines": file(),
      "/etc/z": directory(),
      "/etc/z/file": file(),
      "/var/lib/z": directory(),
      "/var/lib/z/file": file(),
    },
  });
  assert.deepEqual(namesOf(steps.packages), ["z", "a"]);
  assert.deepEqual(steps.unlisted, ["/etc/a/file", "/etc/z/file"]);
});

test("a key that an administrator put there is configuration", () => {
  const { at } = plan({
    packages: ["db"],
    extra: record("db", ["/etc/db"]),
    scripts: { db: makesData },
    host: { "/etc/db": directory(), "/etc/db/site.key": file("-----BEGIN PRIVATE KEY-----\n", 0o600) },
  });
  assert.deepEqual(at("/etc/db/site.key")?.source, { copy: "/etc/db/site.key" });
});

test("a link to a secret is left where it is", () => {
  const { at } = plan({
    packages: ["db"],
    extra: record("db", ["/etc/db"]),
    scripts: { db: "make-key /etc/db/db.key\n" },
    host: { "/etc/db": directory(), "/etc/db/db.key": link("/etc/shadow") },
  });
  assert.deepEqual(at("/etc/db/db.key")?.source, { link: "/etc/shadow" });
});

test("a file that only the service's script makes comes along from everybody's directories, a secret of them does not", () => {
  const { at } = plan({
    packages: ["db"],
    extra: record("db", ["/etc/db"]) + record("other", ["/etc/default/other"]),
    scripts: { db: 'conf=/etc/default/db\ncp x "$conf"; [ -e /etc/default/other ]; cat /etc/shadow- /etc/default\n' },
    host: { "/etc/default/db": file("x"), "/etc/default/other": file(), "/etc/shadow-": file("secret", 0o640) },
  });
  assert.equal(at("/etc/default/db")?.reason, "the script of package db makes it");
  assert.equal(at("/etc/default/other"), undefined);
  assert.equal(at("/etc/shadow-"), undefined);
});
