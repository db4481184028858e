import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import type { CreateResult } from "../../../../helpers/host/libvirt.ts";
import { createContainer } from "../../../../helpers/run/launch/create-container.ts";

const web = parseSandboxName("web");
const busy = (isStarting: boolean): CreateResult => ({ kind: "busy", isStarting, reason: "domain is busy" });
const created: CreateResult = { kind: "created" };

/** Asks a libvirt that answers with these results, the last one for ever; what was done. */
async function create(...results: readonly CreateResult[]): Promise<{ asked: number; forgot: number }> {
  let [asked, forgot] = [0, 0];
  await createContainer(web, {
    create: () => Promise.resolve(results[Math.min(asked++, results.length - 1)] ?? created),
    forgetDomain: () => {
      forgot++;
      return Promise.resolve();
    },
    sleep: () => Promise.resolve(),
  });
  return { asked, forgot };
}

test("libvirt creates the container at once", async () => {
  assert.deepEqual(await create(created), { asked: 1, forgot: 0 });
});

test("while libvirt ends the container before, it is asked again", async () => {
  assert.deepEqual(await create(busy(false), busy(false), created), { asked: 3, forgot: 0 });
});

// F2
test("a start during which libvirtd was killed is forgotten at once", async () => {
  assert.equal((await create(busy(true), created)).forgot, 1);
});

test("a container that libvirt does not end by itself is forgotten after two seconds", async () => {
  assert.deepEqual(await create(...Array<CreateResult>(21).fill(busy(false)), created), {
    asked: 22,
    forgot: 1,
  });
});

test("one that stays for ever is an error with libvirt's words", async () => {
  await assert.rejects(create(busy(false)), /does not forget the container before: domain is busy/);
});

test("a refusal is an error with libvirt's words", async () => {
  await assert.rejects(create({ kind: "refused", reason: "no memory" }), /refused to start the container: no memory/);
});
