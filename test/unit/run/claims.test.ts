import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { parseSubnet } from "../../../conf/values/network.ts";
import type { Link } from "../../../helpers/run/ports/plan-ports.ts";
import { planOf } from "./plan/plan-of.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { claimAll, planClaims, releaseClaims } = await import("../../../helpers/run/claims.ts");
const { writeStartPlan } = await import("../../../helpers/run/plan/kept-plan.ts");
const { openRunRecord, runFile } = await import("../../../helpers/run/running/run-record.ts");
const { ownStart, readStart } = await import("../../../helpers/host/process/processes.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

const [web, other] = [parseSandboxName("web"), parseSandboxName("other")];
const state = join(top, "var/lib/sandboxcontainer");
const runtime = join(top, "run/sandboxcontainer");
const [ids, level] = ["ids-0:1048576:65536", "level-s0:c1,c2"];
const [address, address6] = ["link-198.18.0.66", "link-fd12:0:0:10::2"];
const link: Link = {
  ...{ device: "sp-web", mac: "06:00:00:00:00:01", isSecond: false },
  addresses: [
    { host: parseSubnet("198.18.0.65/30"), sandbox: parseSubnet("198.18.0.66/30") },
    { host: parseSubnet("fd12:0:0:10::1/126"), sandbox: parseSubnet("fd12:0:0:10::2/126") },
  ],
};
const claims = planClaims(1_048_576, "s0:c1,c2", link);
const linkOf = (claim: string): string => readlinkSync(join(runtime, `.${claim}`));

/** A host with nothing that runs, and two sandboxes that were prepared with the same ids and level. */
function makeHost(): void {
  for (const folder of [state, runtime]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(runtime, { recursive: true });
  for (const name of [web, other]) {
    mkdirSync(join(state, name, "start"), { recursive: true });
    for (const file of ["ids", "context"]) writeFileSync(join(state, name, file), "none\n");
    writeFileSync(join(state, name, "start/system-calls"), "1 6 0 0 0");
    writeStartPlan(name, planOf({ claims }));
  }
}

/** Lets the other sandbox run, and have these. */
function run(...has: readonly string[]): void {
  mkdirSync(join(runtime, other), { recursive: true });
  openRunRecord(other, "", planOf({ claims: has }))({ kind: "asked" });
  for (const claim of [ids, level]) symlinkSync(`${other} 999999999 1`, join(runtime, `.${claim}`));
}

test("only what a sandbox has is claimed", () => {
  assert.deepEqual(planClaims(null, undefined, null), []);
  assert.deepEqual(planClaims(1_048_576, "s0:c1,c2", null), [ids, level]);
  assert.deepEqual(claims, [ids, level, address, address6]);
});

test("what is free is taken, and taken again at the next start", async () => {
  makeHost();
  rmSync(runtime, { recursive: true });
  assert.equal(await claimAll(web, claims), undefined);
  assert.equal(linkOf(ids), `web ${process.pid} ${ownStart()}`);
  assert.equal(await claimAll(web, claims), undefined);
});

test("another sandbox that runs with it keeps it", async () => {
  makeHost();
  run(ids);
  assert.deepEqual(await claimAll(web, claims), { claim: ids, holder: other });
  assert.match(linkOf(ids), /^other /);
});

test("so does one that version 0.1.0 mounted with it, and no other whose level begins with the same", async () => {
  for (const [mounted, holds] of [
    ["root /root none bind,private,nodev,X-mount.idmap=0:1048576:65536\n", ids],
    ['x /run tmpfs private,context="system_u:object_r:x_t:s0:c1,c2",mode=0755\n', level],
    ['x /run tmpfs private,context="system_u:object_r:x_t:s0:c1,c25",mode=0755\n', undefined],
  ] as const) {
    makeHost();
    run();
    rmSync(runFile(other));
    writeFileSync(join(runtime, other, "fstab"), mounted);
    assert.deepEqual(await claimAll(web, claims), holds && { claim: holds, holder: other });
  }
});

// LinkRange= may have fewer links of IPv6 than of IPv4.
test("an address of IPv6 alone is enough, and a stop gives it up", async () => {
  makeHost();
  run(address6);
  symlinkSync(`${other} 999999999 1`, join(runtime, `.${address6}`));
  assert.deepEqual(await claimAll(web, claims), { claim: address6, holder: other });
  releaseClaims(web);
  assert.match(linkOf(address6), /^other /);
  releaseClaims(other);
  assert.throws(() => linkOf(address6), { code: "ENOENT" });
});

test("so does one that is about to start, and not one whose launch has ended without a sandbox", async () => {
  makeHost();
  symlinkSync(`${other} ${process.pid} ${ownStart()}`, join(runtime, `.${level}`));
  assert.deepEqual(await claimAll(web, claims), { claim: level, holder: other });
  rmSync(join(runtime, `.${level}`));
  symlinkSync(`${other} ${process.pid} 1`, join(runtime, `.${level}`));
  assert.equal(await claimAll(web, claims), undefined);
  assert.match(linkOf(level), /^web /);
});

test("what it had before its conf changed is free", async () => {
  makeHost();
  run();
  assert.equal(await claimAll(web, claims), undefined);
});

// The first configuration of a sandbox, which has ended, gave up what the start had taken that goes on.
test("a stop gives up its own, and nothing of a start that goes on", async () => {
  makeHost();
  await claimAll(web, claims);
  releaseClaims(web);
  assert.match(linkOf(ids), /^web /);
  const clear = (): void => {
    for (const claim of [ids, level]) rmSync(join(runtime, `.${claim}`));
  };
  clear();
  symlinkSync(`${web} ${process.ppid} ${readStart(process.ppid)}`, join(runtime, `.${ids}`));
  symlinkSync(`${web} 999999999 1`, join(runtime, `.${level}`));
  releaseClaims(web);
  assert.match(linkOf(ids), /^web /);
  assert.throws(() => linkOf(level), { code: "ENOENT" });
  rmSync(join(runtime, `.${ids}`));
  run(ids, level);
  releaseClaims(web);
  assert.match(linkOf(ids), /^other /);
  releaseClaims(other);
  assert.throws(() => linkOf(ids), { code: "ENOENT" });
});

test("a record that is damaged gives nothing to another, and what it took is found at its stop", async () => {
  makeHost();
  run(ids);
  writeFileSync(runFile(other), "{");
  assert.deepEqual(await claimAll(web, claims), { claim: ids, holder: other });
  releaseClaims(other);
  for (const claim of [ids, level]) assert.throws(() => linkOf(claim), { code: "ENOENT" });
});
