import assert from "node:assert/strict";
import test from "node:test";
import { describeHostUnit, listOwners } from "../../../../helpers/command/create/find-units.ts";
import type { UnitProperties } from "../../../../helpers/host/systemd/systemd.ts";
import { confOf } from "../../conf/conf-of.ts";
import { getPackage, openFixtureDatabase } from "../../host/packages/fixture-database.ts";

const folder = "/usr/lib/systemd/system";
const database = openFixtureDatabase();
const owners = listOwners(database, [getPackage(database, "apache2")]);
const loaded: UnitProperties = { LoadState: "loaded", ActiveState: "active", Description: "A web server" };
const describe = (unit: string, more: UnitProperties = {}, isBase = false) =>
  describeHostUnit(`${folder}/${unit}`, { ...loaded, ...more }, { ...owners, isBase: () => isBase }, [
    confOf("[Sandbox]\nUnit=nginx.service\n", "one"),
    confOf("[Sandbox]\nUnit=www.service\nUnit=b.service\n", "two"),
    confOf("[Sandbox]\nExec=/bin/true\n", "three"),
  ]);

test("a unit has its package, its state, and the sandboxes that run it under any of its names", () => {
  assert.deepEqual(describe("nginx.service", { Names: ["nginx.service", "www.service"] }), {
    ...{ unit: "nginx.service", description: "A web server", package: "nginx-common", state: "active" },
    ...{ sandboxes: ["one", "two"], obstacle: null },
  });
});

test("a unit that no sandbox can run says why", () => {
  const why = (properties: UnitProperties) => describe("a.service", properties)?.obstacle;
  assert.match(
    why({ StandardInput: "tty", TTYPath: "/dev/tty1" }) ?? "",
    /its terminal \/dev\/tty1 belongs to the host$/,
  );
  assert.match(why({ LoadState: "masked" }) ?? "", /a\.service is masked/);
});

test("parts of the system, of the product and of sandboxes are left out", () => {
  const file = { UnitFileState: "static" };
  assert.equal(describe("nginx.service", file, true), undefined);
  assert.ok(describe("nginx.service", file));
  assert.ok(describe("nginx.service", { UnitFileState: "disabled" }, true));
  assert.equal(describe("sandbox-a-80.socket", { UnitFileState: "generated" }), undefined);
  assert.ok(describe("old.service", { UnitFileState: "generated", SourcePath: "/etc/init.d/old" }));
  assert.equal(describe("ours.service", { ExecStart: [["/usr/libexec/sandboxcontainer/tidy", []]] }), undefined);
});

test("the file of an administrator has the vendor's package", () => {
  assert.equal(owners.findOwner("/etc/systemd/system/nginx.service", {})?.name, "nginx-common");
  assert.equal(owners.findOwner("/etc/systemd/system/mine.service", {}), undefined);
});

test("what boots the system belongs to it, with its siblings, and no other unit does", () => {
  assert.ok(owners.isOfBoot(`${folder}/apache2.service`));
  assert.ok(owners.isOfBoot("/etc/systemd/system/apache2.service"));
  for (const unit of ["nginx.service", "mine.service"]) assert.ok(!owners.isOfBoot(`${folder}/${unit}`), unit);
});
