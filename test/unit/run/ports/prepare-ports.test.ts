import assert from "node:assert/strict";
import { test } from "node:test";
import { planLink } from "../../../../helpers/run/ports/plan-link.ts";
import { preparePorts } from "../../../../helpers/run/ports/prepare-ports.ts";
import { confOf } from "../../generator/conf/conf-of.ts";

function prepare(...lines: readonly string[]): Readonly<Record<string, string>> {
  const conf = confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.join("\n")}\n`);
  const state = { idBase: 655_360, uuid: "5b6a1f0e-5c5d-4f7b-9d5e-0d6c7c1b2a3f" };
  const files: Record<string, string> = {};
  preparePorts(
    conf,
    planLink(conf, state, { machineId: "0123456789abcdef0123456789abcdef", hasIpv6: true }),
    (file, text) => {
      files[file] = text;
    },
  );
  return files;
}

test("a sandbox whose ports all pass a proxy has its sockets only", () => {
  assert.deepEqual(prepare(), { sockets: "", awaited: "" });
  assert.deepEqual(prepare("Publish=127.0.0.1:80:80", "Publish=81:81,proxy-protocol", "Listen=53/udp"), {
    sockets: "sandbox-web-80.socket tcp 80\nsandbox-web-81.socket tcp 81\nsandbox-web-listen.socket udp 53\n",
    awaited: "",
  });
});

test("what the kernel leads to has no socket, and must be free", () => {
  const files = prepare("Publish=80:80", "Publish=[2001:db8::7]:53-54:53-54/udp", "Publish=127.0.0.1:81:81");
  assert.deepEqual(Object.keys(files).sort(), [
    ...["awaited", "link", "nft-close", "nft-link", "nft-open", "nft-shut", "sockets", "taken"],
  ]);
  assert.equal(files["sockets"], "sandbox-web-81.socket tcp 81\n");
  assert.equal(files["taken"], "tcp 80 *\nudp 53 [2001:db8::7]\nudp 54 [2001:db8::7]\n");
  assert.match(files["link"] ?? "", /^DEVICE=sp-web\n/);
});

test("on demand systemd has the ports, and each port inside is waited for where its clients come", () => {
  const files = prepare("OnDemand=yes", "Publish=80:80", "Publish=53:53/udp", "Publish=127.0.0.1:81:80");
  assert.equal(
    files["sockets"],
    "sandbox-web-53.udp.socket udp 53\nsandbox-web-80.socket tcp 80\nsandbox-web-81.socket tcp 81\n",
  );
  assert.equal(files["awaited"], "tcp 80 link\nudp 53 link\ntcp 80\n");
  assert.equal(files["taken"], "");
});
