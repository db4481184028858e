import assert from "node:assert/strict";
import test from "node:test";
import { planUnit, type UnitFacts } from "../../../../helpers/sandbox/manifest/units.ts";
import { directory, fakeHost, file, link } from "./fake-host.ts";
import { plan, record, type Table, unitFacts } from "./scenario.ts";

test("an administrator's unit file and drop-ins of the named unit come along, those for all services do not", () => {
  const dropIns = [
    "/etc/systemd/system/nginx.service.d/env.conf",
    "/etc/systemd/system/service.d/all.conf",
    "/run/systemd/system/nginx.service.d/x.conf",
  ];
  const unit = unitFacts("nginx.service", { fragmentPath: "/etc/systemd/system/nginx.service", dropInPaths: dropIns });
  const table = Object.fromEntries(
    [...dropIns, unit.fragmentPath, "/etc/systemd/system/other.service"].map((path) => [path, file()]),
  );
  const { at } = plan({ packages: ["nginx"], units: [unit], host: table });
  assert.equal(at("/etc/systemd/system/nginx.service")?.reason, "unit file of nginx.service");
  assert.equal(at("/etc/systemd/system/nginx.service.d/env.conf")?.reason, "drop-in of nginx.service");
  assert.equal(at("/etc/systemd/system/service.d/all.conf"), undefined);
  assert.equal(at("/etc/systemd/system/other.service"), undefined);
});

test("a unit asked for by an alias is known by it inside", () => {
  const unit = unitFacts("ssh.service", { askedFor: "sshd.service" });
  const { at } = plan({ packages: ["openssh-server"], units: [unit] });
  assert.deepEqual(at("/etc/systemd/system/sshd.service")?.source, { link: "/usr/lib/systemd/system/ssh.service" });
});

test("a unit that the host generated from a script comes along as a file, as nothing generates inside", () => {
  const fragmentPath = "/run/systemd/generator.late/old.service";
  const unit = unitFacts("old.service", { fragmentPath, sourcePath: "/etc/init.d/old" });
  const { at } = plan({ packages: ["nginx"], units: [unit], host: { [fragmentPath]: file() } });
  const entry = at("/etc/systemd/system/old.service");
  assert.deepEqual(entry?.source, { copy: fragmentPath });
  assert.equal(entry.reason, "unit file of old.service, generated on the host");
});

test("what a generator of the host made a unit want is wanted inside, as nothing generates there", () => {
  const generated = "/run/systemd/generator";
  const template = "/usr/lib/systemd/system/db@.service";
  const { at } = plan({
    packages: ["nginx"],
    units: [unitFacts("db.service")],
    host: {
      [template]: file(),
      [`${generated}/db.service.wants/db@17.service`]: link(template),
      [`${generated}/db.service.wants/srv-db.mount`]: link("../srv-db.mount"),
      [`${generated}.late/old.service`]: file(),
      [`${generated}.late/db.service.requires/old.service`]: link("../old.service"),
      [`${generated}/other.service.wants/db@17.service`]: link(template),
    },
  });
  const wanted = at("/etc/systemd/system/db.service.wants/db@17.service");
  assert.deepEqual(wanted?.source, { link: template });
  assert.equal(wanted.reason, "wanted by db.service, generated on the host");
  assert.deepEqual(at("/etc/systemd/system/db.service.requires/old.service")?.source, {
    link: "/etc/systemd/system/old.service",
  });
  for (const path of ["db.service.wants/srv-db.mount", "other.service.wants"])
    assert.equal(at(`/etc/systemd/system/${path}`), undefined);
});

test("a unit's environment file comes along although root alone may read it", () => {
  const unit = unitFacts("nginx.service", { environmentFiles: ["/etc/nginx-secrets", "/etc/absent"] });
  const { at } = plan({ packages: ["nginx"], units: [unit], host: { "/etc/nginx-secrets": file("", 0o600) } });
  assert.equal(at("/etc/nginx-secrets")?.reason, "EnvironmentFile= of nginx.service");
});

test("a unit's ConfigurationDirectory= comes whole, its StateDirectory= empty or with Copy= in full", () => {
  const unit = unitFacts("x.service", {
    directories: [
      { path: "/etc/x", setting: "ConfigurationDirectory" },
      { path: "/var/lib/x", setting: "StateDirectory" },
      { path: "/var/cache/x", setting: "CacheDirectory" },
    ],
  });
  const host: Table = {
    "/etc/x/key": file("", 0o600),
    "/var/lib/x": directory(0o700, { owner: 7 }),
    "/var/cache/x": link("private/x"),
  };
  const fresh = plan({ packages: ["nginx"], units: [unit], host });
  assert.equal(fresh.at("/etc/x/key")?.mode, 0o600);
  assert.deepEqual([fresh.at("/var/lib/x")?.owner, fresh.at("/var/lib/x")?.source], [7, undefined]);
  assert.equal(fresh.at("/var/cache/x"), undefined, "systemd makes the link of a dynamic user");
  assert.deepEqual(plan({ packages: ["nginx"], units: [unit], host, copy: true }).at("/var/lib/x")?.source, {
    copyTree: "/var/lib/x",
  });
});

test("a path that the unit writes to is there with the host's owner and mode, if the host has it", () => {
  const paths = ["/var/lib/redis", "/var/absent", "/var/log", "/home/x", "/etc/redis"];
  const unit = unitFacts("redis.service", { directories: paths.map((path) => ({ path, setting: "ReadWritePaths" })) });
  const host: Table = {
    "/var/lib/redis": directory(0o750, { owner: 9, group: 9 }),
    "/home/x": directory(),
    "/etc/redis/stranger": file(),
  };
  const fresh = plan({ packages: ["nginx"], units: [unit], host });
  assert.deepEqual([fresh.at("/var/lib/redis")?.owner, fresh.at("/var/lib/redis")?.mode], [9, 0o750]);
  assert.equal(fresh.at("/var/lib/redis")?.reason, "ReadWritePaths= of redis.service");
  for (const path of ["/var/absent", "/home/x", "/etc/redis/stranger"]) assert.equal(fresh.at(path), undefined);
  const copied = plan({ packages: ["nginx"], units: [unit], host, copy: true });
  assert.deepEqual(copied.at("/var/lib/redis")?.source, { copyTree: "/var/lib/redis" });
  assert.equal(copied.at("/var/log")?.source, undefined, "everybody's directory is not the unit's data");
});

test("a path that units write in several ways is one path", () => {
  const paths = ["/var/lib/x/", "/var//lib/x", "/var/lib/./x", "/var/lib/y/../x", "/var/log/"];
  const unit = unitFacts("x.service", {
    directories: paths.map((path) => ({ path, setting: "StateDirectory" })),
    environmentFiles: ["/etc//x.env"],
  });
  const host: Table = { "/var/lib/x": directory(0o750, { owner: 9 }), "/etc/x.env": file("A=b\n") };
  const { entries, at } = plan({ packages: ["nginx"], units: [unit], host, copy: true });
  assert.deepEqual(at("/var/lib/x")?.source, { copyTree: "/var/lib/x" });
  assert.equal(at("/var/log")?.source, undefined, "everybody's directory is not the unit's data");
  assert.notEqual(at("/etc/x.env"), undefined);
  assert.deepEqual(
    entries.filter(({ path }) => /\/\/|\/\.|.\/$/.test(path)),
    [],
  );
});

test("with Copy= the data of a dynamic user comes from behind its link", () => {
  const unit = unitFacts("x.service", { directories: [{ path: "/var/lib/x", setting: "StateDirectory" }] });
  const host: Table = { "/var/lib/x": link("private/x"), "/var/lib/private/x": directory(0o755, { owner: 61_184 }) };
  const { at } = plan({ packages: ["nginx"], units: [unit], host, copy: true });
  assert.deepEqual(at("/var/lib/private/x")?.source, { copyTree: "/var/lib/private/x" });
  assert.equal(at("/var/lib/x"), undefined);
});

test("accounts of the unit and of its packages' sysusers.d are there, whatever their ids", () => {
  const { at } = plan({
    packages: ["db"],
    extra: record("db", ["/usr/lib/sysusers.d/db.conf"]),
    units: [unitFacts("db.service", { accounts: ["anna"] })],
    host: {
      "/usr/lib/sysusers.d/db.conf": file(
        '# accounts\ng dba 2000\nu! dbuser 2001 "Data" /var/lib/db\nm dbuser extra\n',
      ),
      "/etc/passwd": file(
        "root:x:0:0::/:/bin/sh\nanna:x:1000:1000::/:\ndbuser:x:2001:2001::/:\nbert:x:1001:1001::/:\n",
      ),
      "/etc/group": file("root:x:0:\ndba:x:2000:\nextra:x:3000:dbuser,bert\nbert:x:1001:\n"),
    },
  });
  const text = (path: string): string => JSON.stringify(at(path)?.source);
  assert.match(text("/etc/passwd"), /anna.*dbuser/);
  assert.match(text("/etc/group"), /dba:x:2000:.*extra:x:3000:dbuser\\n/);
  assert.doesNotMatch(text("/etc/passwd") + text("/etc/group"), /bert/);
});

test("the home of the unit's user is there with the host's owner and mode, people's homes are not", () => {
  const unit = unitFacts("etcd.service", { accounts: ["etcd", "1000"] });
  const { at } = plan({
    packages: ["nginx"],
    units: [unit],
    host: {
      "/etc/passwd": file("root:x:0:0::/root:\netcd:x:107:108::/var/lib/etcd:\nanna:x:1000:1000::/home/anna:\n"),
      "/var/lib/etcd": directory(0o700, { owner: 107, group: 108 }),
      "/home/anna": directory(0o700),
    },
  });
  const home = at("/var/lib/etcd");
  assert.deepEqual([home?.owner, home?.group, home?.mode, home?.source], [107, 108, 0o700, undefined]);
  assert.equal(at("/home/anna"), undefined);
});

/** Lists the paths that a unit brings from a host, with data or without. */
const pathsOf = (unit: Partial<UnitFacts>, host: Table, copy = false): readonly string[] =>
  planUnit(unitFacts("x@17.service", unit), fakeHost(host), copy)
    .map(({ path }) => path)
    .sort();

test("a unit's own files come from /etc alone, drop-ins of its template included", () => {
  const units = "/etc/systemd/system";
  const paths = [`${units}/x@17.service.d/a.conf`, `${units}/x@.service.d/b.conf`, `${units}/x@2.service.d/c.conf`];
  const others = ["/usr/lib/systemd/system/x@17.service", "/etc/systemd/system.attached/x@17.service", "/srv/x.env"];
  const host = Object.fromEntries([...paths, ...others].map((path) => [path, file()]));
  for (const fragmentPath of others.slice(0, 2))
    assert.deepEqual(pathsOf({ fragmentPath, dropInPaths: paths, environmentFiles: ["/srv/x.env"] }, host), [
      `${units}/x@.service.d/b.conf`,
      `${units}/x@17.service.d/a.conf`,
    ]);
});

test("the home of a user comes also if the unit names the id, and no other user's does", () => {
  const passwd = "db:x:2000:2000::/var/lib/db:\nweb:x:33:33::/var/www:\n";
  const host = { "/etc/passwd": file(passwd), "/var/lib/db": directory(), "/var/www": directory() };
  assert.deepEqual(pathsOf({ accounts: ["2000"] }, host), ["/var/lib/db"]);
  assert.deepEqual(pathsOf({ accounts: ["web"] }, host), ["/var/www"]);
});

test("a directory of every system, a file and what is elsewhere are not a unit's data", () => {
  const named = (path: string): Partial<UnitFacts> => ({ directories: [{ path, setting: "ConfigurationDirectory" }] });
  const host = {
    "/etc/systemd": directory(),
    "/etc/systemd/system/host.service": file(),
    "/var/lib/x.db": file("secret"),
    "/home/x": directory(),
    "/var/lib/moved": link("/data/moved"),
    "/data/moved": directory(),
    "/var/lib/x": link("private/x"),
    "/var/lib/private/x": directory(),
  };
  for (const path of ["/etc/systemd", "/var/lib/x.db", "/home/x", "/var/lib/moved", "/var/lib/absent"])
    for (const copy of [false, true]) assert.deepEqual(pathsOf(named(path), host, copy), [], path);
  assert.deepEqual(pathsOf(named("/var/lib/x"), host), [], "systemd makes it again");
  assert.deepEqual(pathsOf(named("/var/lib/x"), host, true), ["/var/lib/private/x"]);
  for (const top of ["/etc", "/var", "/srv", "/opt"])
    for (const path of [`${top}/x`, `${top}/x/`])
      assert.deepEqual(pathsOf(named(path), { [`${top}/x`]: directory() }), [`${top}/x`]);
});
