import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { parseSockets, states } from "../../../../helpers/host/network/sockets.ts";
import { renderMountOptions } from "../../../../helpers/run/attach/mount-sources.ts";
import { describeFailed, judgePackages } from "../../../../helpers/run/configure/configure-sandbox.ts";
import { isClean, parseEnding } from "../../../../helpers/run/ending.ts";
import { parseMountId } from "../../../../helpers/run/host-folder.ts";
import { parseOutcome } from "../../../../helpers/run/launch/outcome.ts";
import { parseFileLimit } from "../../../../helpers/run/launch/raise-file-limit.ts";
import { parseClientRecord } from "../../../../helpers/run/network/dhcp-client.ts";
import { chooseResolvConf } from "../../../../helpers/run/network/name-servers.ts";
import { parseKept } from "../../../../helpers/run/plan/kept-plan.ts";
import { parseRoutes, parseRoutes6 } from "../../../../helpers/run/ports/refuse-taken.ts";
import { findRunFolders } from "../../../../helpers/run/prepare/temporary-files.ts";
import { isClearable, isContext, readServiceSettings } from "../../../../helpers/run/relax/service-settings.ts";
import { parseContainer, parseControl, parseNetwork } from "../../../../helpers/run/running/earlier-run.ts";
import { parseRunRecord } from "../../../../helpers/run/running/run-record.ts";
import { parseGroup } from "../../../../helpers/run/seccomp/expand-filter.ts";
import { testReaders } from "./reader.ts";

const web = parseSandboxName("web1");
const runRecord = JSON.stringify({
  ...{ build: "a", name: "web1", stamp: "populated-0-1" },
  plan: {
    ...{
      control: { kind: "apparmor", profile: "p", entry: "p//&q" },
      entry: { capabilities: "20844dfb", context: "u:r:t:s0" },
      systemCalls: "1 6 0 0 0",
      claims: ["level-s0:c1,c2"],
    },
    ...{
      isCommand: false,
      units: ["a.service"],
      network: { kind: "host" },
      sockets: [{ unit: "a.socket" }],
      ports: null,
    },
  },
  container: { kind: "started", init: { pid: 12, began: "4711" }, controller: { pid: 13, began: "4712" } },
});

testReaders(
  {
    name: "the sockets of a network",
    read: (text) => parseSockets(text, [states.listen, states.close]),
    examples: [
      "  sl  local_address rem_address   st tx_queue rx_queue\n   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1\n",
    ],
  },
  {
    name: "how a service ended",
    read: (text) => {
      const ending = parseEnding(text);
      return ending === undefined ? undefined : isClean(ending);
    },
    examples: ["ended exited 1\n", "ended killed 11\nmore"],
  },
  {
    name: "the outcome of a start",
    read: parseOutcome,
    examples: ["ready\nx.service: PrivateTmp=yes\n", "a report\nended exited 1\nwhy\n"],
  },
  {
    name: "the report about packages",
    read: (text) => describeFailed(web, judgePackages(["apache2", "constructor"], text).failed),
    examples: ["ok apache2\nfailed 7 php\n"],
  },
  {
    name: "the record of what runs",
    read: (text) => parseRunRecord(web, text),
    examples: [runRecord],
  },
  {
    name: "what an earlier build recorded of a start",
    read: parseContainer,
    examples: ["12 4711 13 4712\n", "gone\n", ""],
  },
  { name: "the record of a DHCP client", read: parseClientRecord, examples: ["12 4711\n", ""] },
  {
    name: "what version 0.1.0 wrote about a network, and about what confines a sandbox",
    read: (text) => [parseNetwork(text, undefined), parseControl(text)],
    examples: [
      "libvirt default sb-web1 dhcp\n",
      "bridge br0 sb-web1 static 192.0.2.7 ::1\n",
      "host\n",
      "apparmor a b\n",
    ],
  },
  {
    name: "the plan of a start",
    read: parseKept,
    examples: ['{"build":"a","plan":{"units":[]},"files":{"x":"pipe"}}\n'],
  },
  {
    name: "the routes of the host",
    read: (text) => [parseRoutes(text), parseRoutes6(text)],
    examples: [
      "eth0\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n",
      "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n",
    ],
  },
  {
    name: "resolv.conf",
    read: (text) => [
      chooseResolvConf({ own: undefined, host: text, resolved: "nameserver 192.0.2.1\n" }, false),
      chooseResolvConf({ own: undefined, host: "nameserver 127.0.0.53\n", resolved: text }, false),
    ],
    examples: ["# x\nnameserver 127.0.0.53\noptions edns0\n", "nameserver ::1\nnameserver 192.0.2.1\n"],
  },
  {
    name: "the file of ids",
    read: (text) => renderMountOptions(text, "none"),
    examples: ["0:524288:65536", "none"],
    errors: [SandboxError],
  },
  {
    name: "fdinfo",
    read: parseMountId,
    examples: ["pos:\t0\nflags:\t012000000\nmnt_id:\t36\nino:\t2\n"],
    errors: [SandboxError],
  },
  { name: "a group of system calls", read: parseGroup, examples: ["@mount\n    # comment\n    mount\n    @nested\n"] },
  {
    name: "the settings of a unit",
    read: (text) =>
      readServiceSettings(text, "a@b.service").map((setting) => [isClearable(setting), isContext(setting)]),
    examples: ["# /x\n[Service]\nPrivateTmp=yes\nUser=%i\nBindPaths=/a \\\n# c\n /b\nBindPaths=\n[Install]\nA=b\n"],
  },
  {
    name: "tmpfiles.d",
    read: findRunFolders,
    examples: ["# x\nd /run/apache2 0755 root root -\nD /var/run/x/y - - -\n"],
  },
  { name: "busctl's limits", read: parseFileLimit, examples: ["t 1024\nt 18446744073709551615\n"] },
);
