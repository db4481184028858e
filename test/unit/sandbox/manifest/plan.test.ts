import assert from "node:assert/strict";
import test from "node:test";
import { formatManifest } from "../../../../helpers/sandbox/manifest/manifest.ts";
import { planManifest } from "../../../../helpers/sandbox/manifest/plan.ts";
import { selectPackages } from "../../../../helpers/sandbox/manifest/selection.ts";
import { getPackage, namesOf, openFixtureDatabase } from "../../host/packages/fixture-database.ts";
import { directory, fakeHost, file, link, socket } from "./fake-host.ts";
import { assertGolden } from "./golden.ts";
import { common, noSteps, plan, record, type Table, unitFacts } from "./scenario.ts";

const apacheHost: Table = {
  "/var/cache/apache2/mod_cache_disk": directory(0o755, { owner: 33, group: 33 }),
  "/etc/apache2/mods-enabled/mpm_event.load": link("../mods-available/mpm_event.load"),
  "/etc/apache2/sites-enabled/000-default.conf": link("../sites-available/000-default.conf"),
  "/var/log/apache2": directory(0o750, { group: 4 }),
  "/var/log/apache2/access.log": file("a visitor\n", 0o640),
  "/var/www/html/index.html": file("<p>the host's page</p>\n"),
};

for (const [name, packages, host] of [
  ["apache2", ["apache2"], apacheHost],
  ["nginx", ["nginx-common"], { "/etc/nginx/sites-enabled/default": link("/etc/nginx/sites-available/default") }],
] as const) {
  test(`the manifest of ${name} is the golden one`, () => {
    const { entries, all } = plan({ packages, host, units: [unitFacts(`${name}.service`)] });
    assertGolden(`${name}.manifest`, formatManifest({ population: "0000", packages: all, entries }));
  });
}

test("entries are sorted, one per path, every parent before its children", () => {
  const paths = plan({ packages: ["apache2"], host: apacheHost }).entries.map(({ path }) => path);
  assert.deepEqual(paths, [...new Set(paths)].sort());
  for (const path of paths.map((each) => each.replace(/\/[^/]*$/, "")))
    assert.ok(path === "" || paths.includes(path), path);
});

test("the folder for mail and its link are as on the host, without the mails", () => {
  const host = {
    "/var/mail": directory(0o2775, { group: 8 }),
    "/var/mail/anna": file("a mail\n"),
    "/var/spool/mail": link("../mail"),
  };
  const mail = plan({ packages: ["nginx"], host }).entries.filter(({ path }) => path.includes("/mail"));
  assert.deepEqual(
    mail.map(({ path, kind, group, mode, source }) => [path, kind, group, mode, source]),
    [
      ["/var/mail", "directory", 8, 0o2775, undefined],
      ["/var/spool/mail", "link", 0, 0o777, { link: "../mail" }],
    ],
  );
});

test("a folder that is in no list and has the name of the package or its source belongs to the service", () => {
  const host = {
    "/etc/engine/engine.conf": file("password=x\n", 0o640, { group: 105 }),
    "/etc/other/secret.conf": file("", 0o640),
  };
  const extra = `P\tengine-api\tengine-api\t1\tengine\tinstalled\t\t\t\n /usr/lib/systemd/system/engine-api.service\n`;
  const { entries } = plan({ packages: ["engine-api"], host, extra });
  assert.equal(entries.find(({ path }) => path === "/etc/engine/engine.conf")?.mode, 0o640);
  assert.ok(!entries.some(({ path }) => path.startsWith("/etc/other")));
  const listed = plan({ packages: ["engine-api"], host, extra: extra + record("stranger", ["/etc/engine"]) });
  assert.ok(!listed.entries.some(({ path }) => path === "/etc/engine/engine.conf"));
});

test("links that enable something come along as links, although no package lists them", () => {
  const { at } = plan({ packages: ["apache2"], host: apacheHost });
  const entry = at("/etc/apache2/mods-enabled/mpm_event.load");
  assert.deepEqual(entry?.source, { link: "../mods-available/mpm_event.load" });
  assert.equal(entry.reason, "in /etc/apache2, which package apache2 owns");
});

test("a common directory does not become the service's: other packages' files in it stay outside", () => {
  const { at } = plan({
    packages: ["nginx"],
    host: { "/etc/default/secret-of-somebody": file("", 0o600), "/etc/cron.daily/local": file() },
  });
  assert.notEqual(at("/etc/default/nginx"), undefined);
  assert.equal(at("/etc/default/secret-of-somebody"), undefined);
  assert.equal(at("/etc/cron.daily/local"), undefined);
});

test("a stranger's file does not make the service's directory a common one", () => {
  const extra = record("javascript-common", [
    "/etc/apache2",
    "/etc/apache2/conf-available",
    "/etc/apache2/conf-available/javascript-common.conf",
  ]);
  const { at, all } = plan({ packages: ["apache2"], host: apacheHost, extra });
  assert.notEqual(at("/etc/apache2/mods-enabled/mpm_event.load"), undefined);
  assert.ok(namesOf(all).includes("javascript-common"), "what plugs into the service belongs to the sandbox");
});

test("what only root may read comes along when the service's own packages have it", () => {
  const { at } = plan({
    packages: ["openssh-server"],
    host: { "/etc/ssh/ssh_host_rsa_key": file("", 0o600), "/etc/default/ssh": file("", 0o600) },
  });
  assert.equal(at("/etc/ssh/ssh_host_rsa_key")?.mode, 0o600);
  assert.equal(at("/etc/default/ssh")?.mode, 0o600);
});

test("what only root may read of a dependency stays outside", () => {
  const extra =
    record("lib", ["/etc/lib.conf", "/etc/lib.d", "/etc/lib.d/password"]) +
    record("service", ["/etc/service.conf"]).replace("\t\t\t\n", "\tlib\t\t\n");
  const { at } = plan({
    packages: ["service"],
    extra,
    host: { "/etc/lib.conf": file("", 0o640), "/etc/lib.d": directory(0o700), "/etc/lib.d/password": file("", 0o644) },
  });
  assert.notEqual(at("/etc/service.conf"), undefined);
  assert.equal(at("/etc/lib.conf"), undefined);
  assert.equal(at("/etc/lib.d")?.kind, "directory");
  assert.equal(at("/etc/lib.d/password"), undefined, "an open file in a closed directory is closed");
});

test("a stranger's secret in the service's directory stays outside", () => {
  const extra = record("plugin", ["/etc/apache2/conf-available/plugin-password.conf"]);
  const { at } = plan({
    packages: ["apache2"],
    extra,
    host: { "/etc/apache2/conf-available/plugin-password.conf": file("", 0o600) },
  });
  assert.equal(at("/etc/apache2/conf-available/plugin-password.conf"), undefined);
});

test("the host's private keys and password hashes are not in the base", () => {
  const { entries, at } = plan({ packages: ["nginx"] });
  assert.equal(at("/etc/ssl/private/host.key"), undefined);
  assert.ok(!JSON.stringify(entries).includes("secret"));
  assert.ok(!JSON.stringify(entries).includes("anna"));
});

test("directories under /var come empty, with the host's owner and mode", () => {
  const { at } = plan({ packages: ["apache2"], host: apacheHost });
  assert.deepEqual([at("/var/log/apache2")?.mode, at("/var/log/apache2")?.group], [0o750, 4]);
  assert.equal(at("/var/log/apache2/access.log"), undefined);
  assert.equal(at("/var/www/html/index.html"), undefined);
});

test("what a script makes in /var/log is there with its owner, and without the host's logs", () => {
  const host = {
    "/var/log/db": directory(0o750, { owner: 7 }),
    "/var/log/db/today": file("secret"),
    "/var/log/db.log": file("secret", 0o640, { owner: 7 }),
    "/var/log/other": directory(),
  };
  const scripts = { db: "mkdir /var/log/db /var/log/absent; install -o db /dev/null /var/log/db.log\n" };
  const { at } = plan({ packages: ["db"], extra: record("db", []), scripts, host });
  assert.deepEqual([at("/var/log/db")?.mode, at("/var/log/db")?.owner], [0o750, 7]);
  assert.deepEqual([at("/var/log/db.log")?.owner, at("/var/log/db.log")?.source], [7, { text: "" }]);
  for (const path of ["/var/log/db/today", "/var/log/absent", "/var/log/other"]) assert.equal(at(path), undefined);
});

test("a directory with the package's name that is in no list is its own: for logs always, for data with Copy=", () => {
  const host = Object.fromEntries(
    [...["/var/log/db", "/var/lib/db", "/var/cache/db", "/var/spool/db"], "/var/log/db-common", "/var/log/other"].map(
      (path) => [path, directory()],
    ),
  );
  const scenario = { packages: ["db"], extra: record("db", []) + record("other", ["/var/log/other"]), host };
  const fresh = plan({ ...scenario, copy: false });
  assert.deepEqual([fresh.at("/var/log/db")?.kind, fresh.at("/var/log/db")?.source], ["directory", undefined]);
  for (const path of ["/var/lib/db", "/var/log/db-common", "/var/log/other"]) assert.equal(fresh.at(path), undefined);
  const copied = plan({ ...scenario, copy: true });
  for (const path of ["/var/log/db", "/var/lib/db", "/var/cache/db", "/var/spool/db"])
    assert.deepEqual(copied.at(path)?.source, { copyTree: path });
});

test("with Copy= the service's own directories bring their data, and those of its dependencies do not", () => {
  const extra =
    record("lib", ["/var/lib/lib"]) +
    record("service", ["/var/lib/service", "/var/lib/service/sub"]).replace("\t\t\t\n", "\tlib\t\t\n");
  const { at } = plan({
    packages: ["service"],
    extra,
    copy: true,
    host: { "/var/lib/service/sub": directory(), "/var/lib/service": directory(0o700), "/var/lib/lib": directory() },
  });
  assert.deepEqual(at("/var/lib/service")?.source, { copyTree: "/var/lib/service" });
  assert.equal(at("/var/lib/service/sub"), undefined, "it comes with its parent");
  assert.equal(at("/var/lib/lib")?.source, undefined);
  assert.equal(at("/var/lib")?.source, undefined);
});

test("data that an administrator moved elsewhere behind a link is a directory inside", () => {
  const extra = record("db", ["/var/lib/db", "/var/lib/db/x"]);
  const host: Table = { "/var/lib/db": link("/data/db"), "/data/db": directory(0o700, { owner: 105 }) };
  const fresh = plan({ packages: ["db"], extra, host }).at("/var/lib/db");
  assert.deepEqual([fresh?.kind, fresh?.owner, fresh?.mode, fresh?.source], ["directory", 105, 0o700, undefined]);
  assert.deepEqual(plan({ packages: ["db"], extra, host, copy: true }).at("/var/lib/db")?.source, {
    copyTree: "/data/db",
  });
});

test("nothing is planned below a link", () => {
  const extra = record("db", ["/etc/db", "/etc/db/conf"]);
  const { at } = plan({ packages: ["db"], extra, host: { "/etc/db": link("/data/etc"), "/etc/db/conf": file() } });
  assert.deepEqual(at("/etc/db")?.source, { link: "/data/etc" });
  assert.equal(at("/etc/db/conf"), undefined);
});

test("sockets stay outside", () => {
  assert.equal(
    plan({ packages: ["nginx"], host: { "/etc/nginx/control": socket() } }).at("/etc/nginx/control"),
    undefined,
  );
});

test("what an administrator removed from /etc is not brought back", () => {
  const database = openFixtureDatabase();
  const host = fakeHost(common);
  const selection = selectPackages(database, host, [getPackage(database, "nginx")], []);
  const entries = planManifest({
    sandbox: "w",
    machineId: "0",
    units: [],
    copy: false,
    database,
    selection,
    steps: noSteps,
    host,
  });
  assert.ok(!entries.some(({ path }) => path.startsWith("/etc/nginx")));
  assert.ok(entries.some(({ path }) => path === "/etc/nsswitch.conf"));
});

test("the resolver's file is what the network brings at each start", () => {
  assert.deepEqual(plan({ packages: ["nginx"] }).at("/etc/resolv.conf")?.source, { link: "../run/host/resolv.conf" });
});
