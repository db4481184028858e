import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SandboxError } from "../../../base/errors.ts";
import { refuseUnit } from "../../../helpers/command/create/find-units.ts";
import type { Check } from "../../../helpers/command/doctor/check.ts";
import {
  checkCgroup,
  checkIdmappedMounts,
  checkLimits,
  checkLinux,
  checkUserNamespaces,
} from "../../../helpers/command/doctor/kernel.ts";
import { checkDhcp } from "../../../helpers/command/doctor/network.ts";
import {
  checkAttr,
  checkConfs,
  checkDisk,
  checkGenerator,
  checkIdentities,
  checkLeftovers,
  checkLibvirt,
  checkMachined,
  checkSystemd,
  checkUtilLinux,
} from "../../../helpers/command/doctor/programs.ts";
import { checkAppArmor, checkPolicy, checkSelinux } from "../../../helpers/command/doctor/walls.ts";
import { findNamed } from "../../../helpers/command/suggest-capabilities.ts";
import { formatFindings } from "../../../helpers/command/verbs/doctor.ts";
import { toUnitFacts } from "../../../helpers/sandbox/populate/read-unit-facts.ts";
import { fakeHost } from "../../unit/command/doctor/fake-host.ts";
import { nearTo } from "./hostile.ts";
import { runs } from "./runs.ts";

const checks: readonly Check[] = [
  ...[checkSystemd, checkUtilLinux, checkAttr, checkLibvirt, checkMachined],
  ...[checkLinux, checkCgroup, checkUserNamespaces, checkIdmappedMounts, checkLimits],
  ...[checkSelinux, checkPolicy, checkAppArmor, checkDhcp],
  ...[checkGenerator, checkConfs, checkIdentities, checkLeftovers, checkDisk],
];

test("doctor has a finding for any host", async () => {
  const said = fc.option(
    nearTo(
      "systemd 257 (257.9-1)\n",
      "6.12.48-amd64\n",
      "mount from util-linux 2.41\n",
      "Y\n",
      "1\n",
      "10.0.0\n",
      "root 4096 x",
    ),
    {
      nil: undefined,
    },
  );
  await fc.assert(
    fc.asyncProperty(
      said,
      said,
      fc.boolean(),
      fc.option(fc.record({ free: fc.nat(), total: fc.nat() }), { nil: undefined }),
      async (file, output, isThere, space) => {
        const sandboxes = { names: ["web1"], dhcpNetworks: ["default"], mapped: ["/data"] };
        const host = {
          ...fakeHost({ sandboxes }),
          read: () => file,
          run: () => Promise.resolve(output),
          exists: () => isThere,
          space: () => space,
        };
        const findings = await Promise.all(checks.map(async (check) => check(host)));
        assert.ok(findings.every(({ verdict }) => ["ok", "warning", "failed"].includes(verdict)));
        assert.ok(formatFindings(findings).split("\n").length > findings.length);
      },
    ),
    runs(),
  );
});

const text = fc.constantFrom(
  "",
  "/etc/x",
  "-/srv/a",
  "+/b",
  "loaded",
  "masked",
  "not-found",
  "x.service",
  "constructor",
);
const binds = fc.array(fc.tuple(fc.constantFrom("/etc/x", "/srv"), text, fc.boolean(), fc.bigInt()), { maxLength: 2 });
const texts = fc.array(text, { maxLength: 3 });
const rows = fc.array(fc.array(fc.oneof(text, fc.boolean(), fc.bigInt()), { maxLength: 4 }), { maxLength: 3 });
// What org.freedesktop.systemd1(5) gives each of these. A unit of another kind has only some of them.
const properties = fc.record(
  {
    ...{
      LoadState: fc.constantFrom("loaded", "loaded", "masked", "not-found", "bad-setting", "error"),
      LoadError: texts,
    },
    ...{
      Id: fc.constantFrom("x.service", "x.mount", "x", ""),
      FragmentPath: text,
      SourcePath: text,
      User: text,
      Group: text,
    },
    ...{
      DropInPaths: texts,
      SupplementaryGroups: texts,
      Triggers: texts,
      Wants: texts,
      Requires: texts,
      StateDirectory: texts,
    },
    ...{ ReadWritePaths: texts, BindPaths: binds, ExecStart: rows, EnvironmentFiles: rows, WorkingDirectory: text },
    ...{
      Conditions: rows,
      Asserts: rows,
      RootImage: text,
      MountImages: rows,
      StandardInput: fc.constantFrom("tty", "null"),
      TTYPath: text,
    },
    ...{
      AmbientCapabilities: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      CapabilityBoundingSet: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    },
  },
  { requiredKeys: ["LoadError"], noNullPrototype: true },
);

test("any unit that systemd describes can run in a sandbox, or is refused", () => {
  fc.assert(
    fc.property(properties, (unit) => {
      assert.ok(findNamed(unit).every((name) => name.startsWith("CAP_")));
      const refusal = refuseUnit("x.service", unit);
      assert.ok(refusal === undefined || refusal instanceof SandboxError);
      try {
        const { directories, needs } = toUnitFacts("x.service", unit);
        assert.ok(needs.every((name) => name.includes(".")) && directories.every(({ path }) => !/^[-+]/.test(path)));
      } catch (error) {
        if (!(error instanceof SandboxError)) throw error;
      }
    }),
    runs(),
  );
});
