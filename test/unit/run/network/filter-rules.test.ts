import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { renderFilter } from "../../../../helpers/run/network/filter-rules.ts";
import { planInterface } from "../../../../helpers/run/network/plan-interface.ts";
import { confOf } from "../../conf/conf-of.ts";

function filterOf(lines: string) {
  const uuid = "5b6a1f0e-5c5d-4f7b-9d5e-0d6c7c1b2a3f";
  const nic = planInterface(confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines}\n`), uuid);
  assert.ok(nic !== null);
  return renderFilter(nic);
}

const dhcp = "Network=default";
const fixed = "Network=bridge:br0\nIsolated=no\nAddress=192.0.2.7/24\nAddress=2001:db8::7/64";

test("the rules are the golden ones", () => {
  for (const [name, lines] of Object.entries({ dhcp, static: fixed })) {
    const { load, unload } = filterOf(lines);
    const text = `${load}# unload\n${unload}`;
    const path = join(import.meta.dirname, "golden", `${name}.nft`);
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(path, text);
    assert.equal(text, readFileSync(path, "utf8"), name);
  }
});

test("nobody but an isolated one is kept from the host's routing, and only DHCP learns", () => {
  assert.match(filterOf(dhcp).load, /add element inet sandboxcontainer isolated \{ "@BRIDGE@" \. "@BRIDGE@" \. 02:5b/);
  assert.doesNotMatch(filterOf(fixed).load, /@BRIDGE@|@th,192,32/);
});

const nft = spawnSync("sh", ["-c", "unshare --net nft list ruleset"]);

test("nft takes them, twice, and takes them away", { skip: nft.status !== 0 && "no nft, or no root" }, () => {
  const first = filterOf(dhcp);
  const second = filterOf(fixed);
  const all = [first.load, first.load, first.unload, second.load, second.load, second.unload];
  const rules = all.join("").replaceAll("@BRIDGE@", "br0");
  const script = `unshare --net sh -c 'nft -f - && ! nft list ruleset | grep "sb-"'`;
  const { status, stderr, stdout } = spawnSync("sh", ["-c", script], {
    input: rules,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr + stdout);
});
