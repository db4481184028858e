import assert from "node:assert/strict";
import test from "node:test";
import { SandboxError } from "../../../generator/sandbox-error.ts";
import { parseUnitFacts } from "../../../helpers/populate/unit-facts.ts";

test("what systemctl shows of a unit is read", () => {
  const block = [
    "ExecStart={ path=/usr/sbin/sshd ; argv[]=/usr/sbin/sshd -D $SSHD_OPTS ; ignore_errors=no ; status=0/0 }",
    "EnvironmentFiles=/etc/default/ssh (ignore_errors=yes)",
    "EnvironmentFiles=/etc/default/more (ignore_errors=no)",
    "StateDirectory=a b:c",
    "ConfigurationDirectory=",
    "Id=ssh.service",
    "LoadState=loaded",
    "FragmentPath=/usr/lib/systemd/system/ssh.service",
    "SourcePath=",
    "DropInPaths=/etc/systemd/system/ssh.service.d/a.conf /run/systemd/system/ssh.service.d/b.conf",
  ].join("\n");
  assert.deepEqual(parseUnitFacts("sshd.service", block), {
    name: "ssh.service",
    askedFor: "sshd.service",
    fragmentPath: "/usr/lib/systemd/system/ssh.service",
    sourcePath: undefined,
    dropInPaths: ["/etc/systemd/system/ssh.service.d/a.conf", "/run/systemd/system/ssh.service.d/b.conf"],
    executables: ["/usr/sbin/sshd"],
    environmentFiles: ["/etc/default/ssh", "/etc/default/more"],
    directories: [
      { path: "/var/lib/a", setting: "StateDirectory" },
      { path: "/var/lib/b", setting: "StateDirectory" },
    ],
  });
});

for (const [loadState, message] of [
  ["not-found", /^x\.service: no such unit/],
  ["masked", /masked/],
  ["bad-setting", /load state is bad-setting/],
] as const) {
  test(`a unit that is ${loadState} is refused in one line`, () => {
    assert.throws(
      () => parseUnitFacts("x.service", `Id=x.service\nLoadState=${loadState}\nFragmentPath=`),
      (error) => error instanceof SandboxError && message.test(error.message),
    );
  });
}
