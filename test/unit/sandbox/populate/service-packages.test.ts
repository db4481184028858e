import assert from "node:assert/strict";
import test from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import type { UnitFacts } from "../../../../helpers/sandbox/manifest/units.ts";
import { findServicePackages } from "../../../../helpers/sandbox/populate/service-packages.ts";
import { namesOf, openFixtureDatabase } from "../../host/packages/fixture-database.ts";
import { fakeHost, file, link } from "../manifest/fake-host.ts";
import { unitFacts } from "../manifest/scenario.ts";

const database = openFixtureDatabase();
const host = fakeHost({
  "/usr/sbin/nginx": file(),
  "/etc/alternatives/httpd": link("/usr/sbin/nginx"),
  "/usr/bin/httpd": link("/etc/alternatives/httpd"),
  "/usr/local/bin/x": file(),
});

const unit = (name: string, more: Partial<UnitFacts> = {}): UnitFacts =>
  unitFacts(name, { fragmentPath: `/etc/systemd/system/${name}`, ...more });

const find = (service: { units?: readonly UnitFacts[]; executable?: string; packages?: readonly string[] }): string[] =>
  namesOf(findServicePackages({ units: [], executable: undefined, packages: [], ...service }, database, host));

test("a unit belongs to the package that ships its file", () => {
  assert.deepEqual(find({ units: [unit("nginx.service", { fragmentPath: "/lib/systemd/system/nginx.service" })] }), [
    "nginx-common",
  ]);
});

test("an administrator's unit file stands for the vendor's of that name, also of a template", () => {
  assert.deepEqual(find({ units: [unit("nginx.service")] }), ["nginx-common"]);
  assert.deepEqual(find({ units: [unit("apache2@site.service")] }), ["apache2"]);
});

test("a unit that no package has belongs to the package of what it runs", () => {
  assert.deepEqual(find({ units: [unit("mine.service", { executables: ["/usr/sbin/sshd"] })] }), ["openssh-server"]);
  assert.deepEqual(
    find({ units: [unit("old.service", { sourcePath: "/etc/init.d/nginx", fragmentPath: "/run/x" })] }),
    ["nginx-common"],
  );
});

test("an executable is found by its path, by its name and through the links of alternatives", () => {
  for (const executable of ["/usr/sbin/nginx", "nginx", "/usr/bin/httpd"])
    assert.deepEqual(find({ executable }), ["nginx"]);
});

test("packages that the conf names are added", () => {
  assert.deepEqual(find({ executable: "/usr/sbin/nginx", packages: ["iproute2", "nginx"] }), ["nginx", "iproute2"]);
});

test("an executable of no package is refused, unless a package is named", () => {
  assert.throws(
    () => find({ executable: "/usr/local/bin/x" }),
    (error) => error instanceof SandboxError && error.message === "/usr/local/bin/x belongs to no package",
  );
  assert.deepEqual(find({ executable: "/usr/local/bin/x", packages: ["nginx"] }), ["nginx"]);
});

test("a package that is not installed is refused as a mistake in the conf", () => {
  assert.throws(
    () => find({ packages: ["nope"] }),
    (error) => error instanceof SandboxError && error.status === 2 && error.message === "package nope is not installed",
  );
});
