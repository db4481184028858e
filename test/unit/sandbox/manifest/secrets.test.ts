import assert from "node:assert/strict";
import test from "node:test";
import { directory, file, link } from "./fake-host.ts";
import { plan, record, type Table } from "./scenario.ts";

/** Lists the files that the package `db` makes again; its folder is /etc/db, and its script is this. */
function madeBy(script: string, host: Table, paths: readonly string[] = []): readonly string[] {
  const extra = record("db", ["/etc/db", ...paths]);
  const { steps } = plan({
    packages: ["db"],
    extra,
    scripts: { db: script },
    host: { "/etc/db": directory(), ...host },
  });
  return steps.made.map(({ path }) => path);
}
const closed = (text = "x"): Table[string] => file(text, 0o640);

test("a secret is known by its name or its text, if it is closed and in no list", () => {
  const names = ["db.key", "db_KEYS", "a-secret", "secrets", "key", "server.pem", "rsa.pem"];
  const others = ["monkey", "keyring", "db.key.old", "public.pem"];
  const script = [...names, ...others, "open.key", "run.key", "listed.key", "link.key"].join("\n");
  const texts: Readonly<Record<string, string>> = {
    "server.pem": "-----BEGIN PRIVATE KEY-----\n",
    "rsa.pem": "x\n-----BEGIN RSA PRIVATE KEY-----\n",
    "public.pem": "-----BEGIN PUBLIC KEY-----\n",
  };
  const host = {
    ...Object.fromEntries([...names, ...others].map((name) => [`/etc/db/${name}`, closed(texts[name])])),
    "/etc/db/open.key": file("x", 0o644),
    "/etc/db/run.key": file("x", 0o641),
    "/etc/db/listed.key": closed(),
    "/etc/db/link.key": link("/etc/shadow"),
  };
  const found = madeBy(script, host, ["/etc/db/listed.key"]);
  assert.deepEqual(found.toSorted(), [...names, "run.key"].map((name) => `/etc/db/${name}`).toSorted());
});

test("a secret may be in any folder in /etc that the package lists", () => {
  const host = { "/etc/named": directory(), "/etc/named/x.key": closed() };
  assert.deepEqual(madeBy("make x.key\n", host, ["/etc/named"]), ["/etc/named/x.key"]);
});

test("a secret may be named by a script of the package, in any folder of programs, and by tmpfiles.d alone", () => {
  const made = (path: string, text: string): number =>
    madeBy("something\n", { "/etc/db/db.key": closed(), [path]: file(text) }, [path]).length;
  for (const path of ["/usr/bin/make", "/usr/sbin/make"]) {
    assert.equal(made(path, "#!/bin/sh\nmake db.key\n"), 1, path);
    assert.equal(made(path, "\x7fELF db.key"), 0, path);
  }
  assert.equal(made("/usr/lib/tmpfiles.d/db.conf", "C /etc/db/db.key\n"), 1);
  for (const path of ["/opt/usr/bin/make", "/usr/lib/db/make", "/opt/usr/lib/tmpfiles.d/db.conf"])
    assert.equal(made(path, "#!/bin/sh\nmake db.key\n"), 0, path);
});

test("the public half of a key is beside it or where certificates are, with its name, and in no list", () => {
  const own = ["/etc/db/db.crt", "/etc/db/db.key.pub", "/etc/ssl/certs/db.pem", "/etc/db/db.cert"];
  const others = ["/etc/db/other.crt", "/etc/db/db.conf", "/etc/ssl/db.pem", "/etc/ssl/certs/listed.pem"];
  const host = Object.fromEntries([...own, ...others].map((path) => [path, file()]));
  const keys = { "/etc/db/db.key": closed(), "/etc/db/listed.key": closed(), "/etc/db/db.pem": directory() };
  const found = madeBy("make db.key listed.key\n", { ...host, ...keys }, ["/etc/ssl/certs/listed.pem"]);
  const halves = own.filter((path) => path !== "/etc/db/db.key.pub");
  assert.deepEqual(found.toSorted(), ["/etc/db/db.key", "/etc/db/listed.key", ...halves].toSorted());
});

test("only the last ending of a name is left out, if there is one", () => {
  const paths = ["/etc/db/a.pub.crt", "/etc/db/host_key.pub"];
  const keys = ["/etc/db/a.pub.key", "/etc/db/host_key"];
  const host = {
    ...Object.fromEntries(paths.map((path) => [path, file()])),
    ...Object.fromEntries(keys.map((path) => [path, closed()])),
  };
  assert.deepEqual(madeBy("make a.pub.key host_key\n", host).toSorted(), [...paths, ...keys].toSorted());
});

test("a secret in a folder of every system, or in another package's, is not the package's", () => {
  const host = {
    "/etc/opt": directory(),
    "/etc/opt/db.key": closed(),
    "/srv/db": directory(),
    "/srv/db/db.key": closed(),
  };
  assert.deepEqual(madeBy("make db.key\n", host, ["/etc/opt", "/srv/db"]), []);
  const extra = record("db", []);
  const unlisted = { "/etc/db": directory(), "/etc/db/db.key": closed() };
  const { steps } = plan({ packages: ["db"], extra, scripts: { db: "make db.key\n" }, host: unlisted });
  assert.deepEqual(
    steps.made.map(({ path, owner, group, mode, reason }) => ({ path, owner, group, mode, reason })),
    [{ path: "/etc/db/db.key", owner: 0, group: 0, mode: 0o640, reason: "package db makes a new one inside" }],
  );
});
