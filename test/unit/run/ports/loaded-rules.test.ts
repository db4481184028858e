import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { planLink } from "../../../../helpers/run/ports/plan-ports.ts";
import { renderPorts } from "../../../../helpers/run/ports/port-rules.ts";
import { confOf } from "../../conf/conf-of.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { openLoadedRules, readListing } = await import("../../../../helpers/run/ports/load-rules.ts");

after(() => {
  rmSync(top, { recursive: true });
});

/** The rules of a sandbox that runs. */
function rulesOf(name: string, index: number, ...lines: readonly string[]): string {
  const conf = confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.join("\n")}\n`, name);
  const state = { idBase: index * 65_536, uuid: "5b6a1f0e-5c5d-4f7b-9d5e-0d6c7c1b2a3f" };
  const link = planLink(conf, state, { machineId: "0123456789abcdef0123456789abcdef", hasIpv6: true });
  assert.ok(link !== null);
  const { link: before, open } = renderPorts(conf, link);
  return before + open;
}

const dns = rulesOf("dns", 16, "OnDemand=yes", "IdleStopSec=10", "Publish=53:53", "Publish=192.0.2.7:53:53/udp");
const web = rulesOf("web", 17, "Publish=8080-8089:80-89", "Publish=[2001:DB8:0::7]:90:80");

// As nft 1.1.3 lists it, with the rules of both.
const listing = readFileSync(join(import.meta.dirname, "golden/table.nft"), "utf8");

test("a sandbox has all of its rules where nft lists them", () => {
  const isComplete = readListing(listing);
  assert.ok(isComplete(dns));
  assert.ok(isComplete(web));
});

test("a sandbox without a link needs none", () => {
  for (const text of ["", "Error: No such file or directory", listing]) assert.ok(readListing(text)(""));
});

test("without the table, or without one of the walls, it has lost them", () => {
  assert.ok(!readListing("Error: No such file or directory")(web));
  for (const wall of ["link-sends", "link-asks", "link-is-asked"]) {
    const without = listing.replaceAll(new RegExp(`^.* jump ${wall}\n`, "gm"), "");
    assert.notEqual(without, listing);
    assert.ok(!readListing(without)(web), wall);
  }
});

test("without any one of its elements too, and those of others are of no help", () => {
  for (const [own, other] of [
    [dns, web],
    [web, dns],
  ] as const)
    for (const line of own.matchAll(/^add element .* (\S+) \{ (.*) \}$/gm)) {
      const [, set = "", element = ""] = line;
      const without = listing.replace(new RegExp(`^\t(map|set) ${set} \\{\n[^}]*\\}`, "m"), (text) => {
        const [before = "", after = ""] = text.split(element);
        return `${before}${after}`;
      });
      assert.notEqual(without, listing, `${set} ${element}`);
      assert.ok(!readListing(without)(own), `${set} ${element}`);
      assert.ok(readListing(without)(other), `${set} ${element}`);
    }
});

test("nft is asked only if a sandbox has a link", async () => {
  const name = parseSandboxName("web");
  assert.ok((await openLoadedRules())(name));
  const folder = join(top, "run/sandboxcontainer", name);
  mkdirSync(folder, { recursive: true });
  assert.ok((await openLoadedRules())(name));
  writeFileSync(join(folder, "nft"), web);
  const path = process.env["PATH"];
  // There is no nft here.
  process.env["PATH"] = top;
  assert.ok(!(await openLoadedRules())(name));
  assert.ok((await openLoadedRules())(parseSandboxName("without")));
  process.env["PATH"] = path;
});

const nft = spawnSync("sh", ["-c", "unshare --net nft list ruleset"]);

test("nft lists them so", { skip: nft.status !== 0 && "no nft, or no root" }, () => {
  const base = readFileSync(join(import.meta.dirname, "../../../../units/ports.nft"), "utf8");
  const file = join(top, "all.nft");
  writeFileSync(file, base + dns + web);
  const words = ["--net", "sh", "-c", `nft -f ${file} && nft list table inet sandboxcontainer`];
  const { stdout } = spawnSync("unshare", words, { encoding: "utf8" });
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(join(import.meta.dirname, "golden/table.nft"), stdout);
  const isComplete = readListing(stdout);
  assert.ok(isComplete(dns) && isComplete(web));
  assert.ok(!isComplete(rulesOf("web", 17, "Publish=80:80")));
});
