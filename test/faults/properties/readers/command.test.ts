import assert from "node:assert/strict";
import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { ValueError } from "../../../../conf/values/values.ts";
import { parseJournal, parseSince } from "../../../../helpers/command/audit/read-audit.ts";
import { parseAssignment } from "../../../../helpers/command/conf/assignments.ts";
import { parseNetworkOption } from "../../../../helpers/command/create/setting-options.ts";
import { parseExposure } from "../../../../helpers/command/exposure.ts";
import { findMissingDevice, parseUnmet } from "../../../../helpers/command/find-causes.ts";
import { compareNodes } from "../../../../helpers/command/peer/compare-nodes.ts";
import { parseNode } from "../../../../helpers/command/peer/describe-node.ts";
import { findMachineRights, findMentioned } from "../../../../helpers/command/suggest-capabilities.ts";
import { failedByItself, findWrittenFolder } from "../../../../helpers/command/suggest-settings.ts";
import { parseSandboxPath } from "../../../../helpers/command/tree-paths.ts";
import { parseEvent } from "../../../../helpers/command/verbs/events.ts";
import { nearJson } from "../hostile.ts";
import { testReaders } from "./reader.ts";

const web = parseSandboxName("web1");
const deed =
  '{"__REALTIME_TIMESTAMP":"1764000000000000","SANDBOX":"web1","SANDBOX_EVENT":"renamed","SANDBOX_WAS":"web0"}';
const message =
  '{"__REALTIME_TIMESTAMP":"1","MESSAGE_ID":"d9b373ed55a64feb8242e02dbe79a49c","UNIT":"sandbox@web1.service","UNIT_RESULT":"signal"}';
const kernel = '{"_TRANSPORT":"kernel","MESSAGE":"audit: type=1400 audit(1764000000.123:77): apparmor=\\"DENIED\\" x"}';
const audit =
  '{"_TRANSPORT":"audit","_AUDIT_TYPE":"1400","_AUDIT_ID":"77","_SOURCE_REALTIME_TIMESTAMP":"1764000000123456","MESSAGE":"AVC avc:  denied  { read }"}';
const node =
  '{"version":"1","machineId":"a","control":null,"packages":{"apache2":"2.4"},"files":{"/etc/x":"a"},"sandboxes":{"web1":{"uuid":"u","packages":["apache2","php"]}}}';
const checks =
  '[{"name":"SystemCallFilter=~@clock","description":"x","exposure":"0.2"},{"name":"User=","description":"y","exposure":null}]';
const table = "→ Overall exposure level for a.service: 9.2 UNSAFE 😨\n";

testReaders(
  {
    name: "a line of the journal about events",
    read: parseEvent,
    examples: [deed, message],
    more: nearJson(deed, message),
  },
  {
    name: "the journal's records of denials",
    read: parseJournal,
    examples: [`${kernel}\n${audit}\n`, kernel],
    more: nearJson(kernel, audit),
  },
  {
    name: "another host",
    read: (text) => {
      const [own, peer] = [parseNode(node), parseNode(text)];
      const findings = own === undefined || peer === undefined ? [] : compareNodes(own, peer, "b");
      assert.ok(findings.every(({ message: told }) => !told.includes("[native code]")));
    },
    examples: [node],
    more: nearJson(node),
  },
  {
    name: "systemd-analyze's checks",
    read: (text) => parseExposure(table, text),
    examples: [checks],
    errors: [SandboxError],
    more: nearJson(checks),
  },
  {
    name: "systemd-analyze's level",
    read: (text) => parseExposure(text, checks),
    examples: [table],
    errors: [SandboxError],
  },
  {
    name: "messages of a service",
    read: (text) => [
      findMissingDevice(text),
      findWrittenFolder(text),
      findMentioned(text),
      findMachineRights([{ AmbientCapabilities: 1n << 25n }], text),
      failedByItself("web1", { Result: "signal", ExecMainCode: 9, ExecMainStatus: 1 }, text),
    ],
    examples: [
      "a: cannot open /dev/ttyS0: No such file or directory\nerror opening the modem device\n",
      "open(/usr/lib/x/cache/y): Read-only file system\n",
      "RTNETLINK answers: Operation not permitted\nsocket(AF_PACKET) raw: Operation not permitted\ncap_set_proc\n",
      "the service of web1 did not start\nYou don't have permission to perform this capture\n",
    ],
  },
  {
    name: "systemd-analyze's conditions",
    read: parseUnmet,
    examples: [
      "test.service: ConditionPathExists=|/x failed.\ntest.service: AssertPathExists=/y succeeded.\nAsserts failed.\n",
    ],
  },
  {
    name: "a time",
    read: (text) => parseSince(text, new Date(1e12)),
    examples: ["today", "2h ago", "2026-11-25 14:30"],
    errors: [SandboxError],
  },
  {
    name: "an assignment",
    read: parseAssignment,
    examples: ["MemoryMax=1G", "Service.Restart+=always", "Capabilities-=+CAP_X"],
    errors: [SandboxError],
  },
  {
    name: "the option of a network",
    read: parseNetworkOption,
    examples: [
      "dhcp,source=default",
      "address=192.0.2.5/24%192.0.2.255,route=198.51.100.0/24%192.0.2.1,mac=52:54:00:00:00:01",
    ],
    errors: [ValueError],
  },
  {
    name: "a path inside",
    read: (text) => parseSandboxPath(web, text),
    examples: ["/etc/apache2/", "/var//lib/./x"],
    errors: [SandboxError],
  },
);
