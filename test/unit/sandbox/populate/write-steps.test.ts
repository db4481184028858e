import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { getPackage, openFixtureDatabase } from "../../host/packages/fixture-database.ts";

const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { copyConfigured, readConfigured, readGenerators, readTemporary, writeSteps } =
  await import("../../../../helpers/sandbox/populate/write-steps.ts");
const { stateDirectory } = await import("../../../../base/paths.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

test("what is to do is written a line each, without what was done", () => {
  const name = parseSandboxName("web1");
  const folder = join(stateDirectory(name), "configure");
  mkdirSync(folder, { recursive: true });
  const database = openFixtureDatabase();
  const packages = ["nginx-common", "nginx"].map((each) => getPackage(database, each));
  const settled = [getPackage(database, "apache2")];
  const key = { kind: "file", owner: 0, group: 5, mode: 0o640, source: { madeBy: "nginx" }, reason: "" } as const;
  const steps = {
    packages,
    settled,
    made: [{ ...key, path: "/etc/a key" }],
    renewable: [],
    unlisted: ["/etc/a b"],
    temporary: ["nginx.conf"],
    generators: ["nginx"],
  };
  writeSteps(name, steps);
  assert.equal(readFileSync(join(folder, "packages"), "utf8"), "nginx-common\nnginx\n");
  assert.equal(readFileSync(join(folder, "made"), "utf8"), "0:5 0640 /etc/a key\n");
  assert.equal(readFileSync(join(folder, "unlisted"), "utf8"), "/etc/a b\n");
  assert.deepEqual([readTemporary(name), readGenerators(name)], [["nginx.conf"], ["nginx"]]);
  assert.equal(readFileSync(join(folder, "done"), "utf8"), "apache2\n");
  writeFileSync(join(folder, "done"), "nginx-common\n");
  writeSteps(name, steps);
  assert.equal(readFileSync(join(folder, "packages"), "utf8"), "nginx\n");
});

test("what has nothing to make in a root makes nothing later, and a copy of the root knows what was made", () => {
  const name = parseSandboxName("web2");
  const nginx = getPackage(openFixtureDatabase(), "nginx");
  const none = { packages: [], settled: [], made: [], renewable: [], unlisted: [], temporary: [], generators: [] };
  writeSteps(name, { ...none, settled: [nginx] });
  writeSteps(name, { ...none, packages: [nginx] });
  assert.equal(readFileSync(join(stateDirectory(name), "configure/packages"), "utf8"), "");
  const copy = join(top, "copy");
  copyConfigured(stateDirectory(name), copy);
  assert.deepEqual(readConfigured(copy), ["nginx"]);
  copyConfigured(join(top, "nothing"), join(top, "empty"));
  assert.deepEqual(readConfigured(join(top, "empty")), []);
});
