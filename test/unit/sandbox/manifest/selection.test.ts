import assert from "node:assert/strict";
import test from "node:test";
import { selectPackages } from "../../../../helpers/sandbox/manifest/selection.ts";
import { getPackage, namesOf } from "../../host/packages/fixture-database.ts";
import { directory, file, link } from "./fake-host.ts";
import { plan, record, type Table } from "./scenario.ts";

const folders = (...paths: readonly string[]): Table => Object.fromEntries(paths.map((path) => [path, directory()]));
/** The directories that belong only to the service, each with the package that it is from. */
function ownDirectories(packages: readonly string[], extra: string, host: Table): Readonly<Record<string, string>> {
  const { selection } = plan({ packages, extra, host });
  return Object.fromEntries([...selection.ownDirectories].map(([path, { name }]) => [path, name]));
}
const ofSource = (name: string, source: string, paths: readonly string[]): string =>
  record(name, paths).replace(`\t1\t${name}`, `\t1\t${source}`);

test("a directory belongs to the service if it has its name, or more of its files than of strangers", () => {
  const names = ["few", "same", "more", "alone", "empty"];
  const list = (folder: string, count: number, of: string): readonly string[] =>
    Array.from({ length: count }, (_, index) => `/etc/${folder}/${of}${index}`);
  const own = ["/etc/db", ...names.map((name) => `/etc/${name}`), ...list("few", 1, "o"), ...list("same", 2, "o")];
  const extra =
    record("db", [...own, ...list("more", 3, "o"), ...list("alone", 1, "o"), "/etc/more.d", "/etc/more.d/x"]) +
    record("other", [
      "/etc/empty",
      ...list("db", 5, "s"),
      ...list("few", 2, "s"),
      ...list("same", 2, "s"),
      ...list("more", 2, "s"),
    ]);
  const host = folders("/etc/db", ...names.map((name) => `/etc/${name}`), "/etc/more.d");
  assert.deepEqual(Object.keys(ownDirectories(["db"], extra, host)).sort(), [
    "/etc/alone",
    "/etc/db",
    "/etc/more",
    "/etc/more.d",
  ]);
});

test("the name is that of the package without its architecture, or of its source, whoever else has files there", () => {
  const strange = ["engine", "api", "amd64"].flatMap((name) => ["1", "2", "3"].map((file) => `/etc/${name}/${file}`));
  const extra = ofSource("api:amd64", "engine", ["/etc/engine", "/etc/api", "/etc/amd64"]) + record("other", strange);
  const found = ownDirectories(["api:amd64"], extra, folders("/etc/engine", "/etc/api", "/etc/amd64"));
  assert.deepEqual(Object.keys(found).sort(), ["/etc/api", "/etc/engine"]);
});

test("what every sandbox needs is there, with what that needs", () => {
  const extra = record("db", []) + record("init", []).replace("\t\t\t\n", "\tlib\t\t\n") + record("lib", []);
  const { database, host } = plan({ packages: ["db"], extra });
  const { own, all } = selectPackages(database, host, [getPackage(database, "db")], [getPackage(database, "init")]);
  assert.deepEqual([namesOf(own), namesOf(all).sort()], [["db"], ["db", "init", "lib"]]);
});

test("what depends on the service, or is needed by it, is no stranger in its directory", () => {
  const files = ["a", "b", "c"].map((name) => `/etc/shared/${name}`);
  const service = record("db", ["/etc/shared", "/etc/shared/own"]).replace("\t\t\t\n", "\tlib\t\t\n");
  const plugin = record("plugin", files.slice(0, 2)).replace("\t\t\t\n", "\tdb\t\t\n");
  const found = ownDirectories(["db"], service + plugin + record("lib", files.slice(2)), folders("/etc/shared"));
  assert.deepEqual(found, { "/etc/shared": "db" });
});

test("no directory of every system is the service's, nor one elsewhere, a file or a link", () => {
  const paths = ["/etc/opt", "/etc/systemd/db", "/var/lib/db", "/etc/db.conf", "/etc/db-link"];
  const host = {
    ...folders("/etc/opt", "/etc/systemd/db", "/var/lib/db"),
    "/etc/db.conf": file(),
    "/etc/db-link": link("db"),
  };
  assert.deepEqual(ownDirectories(["db"], record("db", paths), host), {});
  assert.deepEqual(ownDirectories(["opt"], record("opt", []), folders("/etc/opt")), {});
});

test("a directory is of the first package that has it or its name, whatever the architecture", () => {
  const extra = ofSource("a:amd64", "s", ["/etc/both"]) + ofSource("b", "s", ["/etc/both"]);
  const host = folders("/etc/both", "/etc/a", "/etc/b", "/etc/s");
  const expected = { "/etc/a": "a:amd64", "/etc/b": "b", "/etc/both": "a:amd64", "/etc/s": "a:amd64" };
  assert.deepEqual(ownDirectories(["a:amd64"], extra, host), expected);
});

test("a directory in no list is the service's only if all below it is, and if it is one", () => {
  assert.deepEqual(ownDirectories(["db"], record("db", ["/etc/db/own"]), folders("/etc/db")), { "/etc/db": "db" });
  const stranger = record("db", ["/etc/db/own"]) + record("other", ["/etc/db/strange"]);
  assert.deepEqual(ownDirectories(["db"], stranger, folders("/etc/db")), {});
  assert.deepEqual(ownDirectories(["db"], record("db", []), { "/etc/db": link("x") }), {});
  assert.deepEqual(ownDirectories(["db"], record("db", []) + record("other", ["/etc/db"]), folders("/etc/db")), {});
});
