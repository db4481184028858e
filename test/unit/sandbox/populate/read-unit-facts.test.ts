import assert from "node:assert/strict";
import test from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { toUnitFacts } from "../../../../helpers/sandbox/populate/read-unit-facts.ts";

const loaded = {
  Id: "x.service",
  LoadState: "loaded",
  FragmentPath: "/usr/lib/systemd/system/x.service",
};

test("what systemd knows of a unit is read", () => {
  const facts = toUnitFacts("sshd.service", {
    ...loaded,
    Id: "ssh.service",
    FragmentPath: "/usr/lib/systemd/system/ssh.service",
    SourcePath: "",
    DropInPaths: ["/etc/systemd/system/ssh.service.d/a b.conf"],
    ExecStart: [["/usr/sbin/sshd", ["/usr/sbin/sshd", "-D"], false, 0n, 0n, 0n, 0n, 0, 0, 0]],
    EnvironmentFiles: [
      ["/etc/default/ssh", true],
      ["/etc/default/more", false],
    ],
    StateDirectory: ["a", "b"],
    ConfigurationDirectory: [],
    ReadWritePaths: ["-/var/lib/redis", "+/srv/x"],
    BindPaths: [["/srv/a", "/srv/b", false, 0n]],
    WorkingDirectory: "!/srv/w",
    User: "redis",
    Group: "",
    SupplementaryGroups: ["ssl-cert"],
    Triggers: ["y.service"],
    Requires: ["x.socket", "-.mount", "system.slice"],
    Wants: ["z.service"],
  });
  assert.deepEqual(facts, {
    name: "ssh.service",
    askedFor: "sshd.service",
    fragmentPath: "/usr/lib/systemd/system/ssh.service",
    sourcePath: undefined,
    dropInPaths: ["/etc/systemd/system/ssh.service.d/a b.conf"],
    executables: ["/usr/sbin/sshd"],
    environmentFiles: ["/etc/default/ssh", "/etc/default/more"],
    directories: [
      { path: "/var/lib/a", setting: "StateDirectory" },
      { path: "/var/lib/b", setting: "StateDirectory" },
      { path: "/var/lib/redis", setting: "ReadWritePaths" },
      { path: "/srv/x", setting: "ReadWritePaths" },
      { path: "/srv/a", setting: "BindPaths" },
      { path: "/srv/w", setting: "WorkingDirectory" },
    ],
    accounts: ["redis", "ssl-cert"],
    triggers: ["y.service"],
    needs: ["x.socket", "z.service"],
  });
});

test("a socket has no settings of a service", () => {
  assert.deepEqual(toUnitFacts("x.socket", { ...loaded, Id: "x.socket" }).directories, []);
});

const refused = (properties: object, message: RegExp): void => {
  assert.throws(
    () => toUnitFacts("x.service", { ...loaded, ...properties }),
    (error) => error instanceof SandboxError && message.test(error.message) && error.hint !== undefined,
  );
};

for (const [loadState, message] of [
  ["not-found", /^x\.service: no such unit/],
  ["masked", /masked/],
  ["bad-setting", /load state is bad-setting/],
] as const) {
  test(`a unit that is ${loadState} is refused in one line`, () => {
    refused({ LoadState: loadState, FragmentPath: "" }, message);
  });
}

const condition = (type: string, parameter: string, negated = false, trigger = false) => ({
  Conditions: [[type, trigger, negated, parameter, 0]],
});

test("a unit that no sandbox can run is refused with the reason", () => {
  refused({ Id: "data.mount" }, /it is a mount/);
  refused(condition("ConditionVirtualization", "container", true), /ConditionVirtualization=!container, but a sandbox/);
  refused(condition("ConditionVirtualization", "no"), /ConditionVirtualization=no/);
  refused(condition("ConditionCapability", "CAP_SYS_TIME"), /CAP_SYS_TIME, but no sandbox can have that/);
  refused({ RootImage: "/srv/image.raw" }, /RootImage= needs a block device/);
  refused({ StandardInput: "tty", TTYPath: "/dev/tty1" }, /terminal \/dev\/tty1/);
});

test("conditions that may hold in a sandbox are no obstacle", () => {
  for (const properties of [
    condition("ConditionVirtualization", "container"),
    condition("ConditionVirtualization", "vm", true),
    condition("ConditionVirtualization", "no", false, true),
    condition("ConditionCapability", "CAP_SYS_TIME", true),
    condition("ConditionCapability", "CAP_NET_ADMIN"),
    condition("ConditionPathExists", "/etc/ssh/sshd_not_to_be_run", true),
    { StandardInput: "null", TTYPath: "" },
  ])
    assert.equal(toUnitFacts("x.service", { ...loaded, ...properties }).name, "x.service");
});
