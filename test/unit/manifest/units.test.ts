import assert from "node:assert/strict";
import test from "node:test";
import { directory, file, link } from "./fake-host.ts";
import { plan, unitFacts, type Table } from "./scenario.ts";

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
