import assert from "node:assert/strict";
import { test } from "node:test";
import type { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { CreateResult } from "../../../../helpers/host/libvirt/libvirt.ts";
import { createContainer } from "../../../../helpers/run/launch/start-container.ts";

const web = parseSandboxName("web");
const busy = (isStarting: boolean): CreateResult => ({ kind: "busy", isStarting, reason: "domain is busy" });
const created: CreateResult = { kind: "created", terminal: "/dev/pts/3" };

/** Asks a libvirt that gives these results, and repeats the last one for ever. Returns the steps. */
async function create(
  ...results: readonly CreateResult[]
): Promise<{ asked: number; forgot: number; terminal: string | undefined }> {
  let [asked, forgot] = [0, 0];
  const terminal = await createContainer(web, {
    create: () => Promise.resolve(results[Math.min(asked++, results.length - 1)] ?? created),
    forgetDomain: () => {
      forgot++;
      return Promise.resolve();
    },
    isRunning: () => false,
    sleep: () => Promise.resolve(),
  });
  return { asked, forgot, terminal };
}

test("libvirt creates the container at once", async () => {
  assert.deepEqual(await create(created), { asked: 1, forgot: 0, terminal: "/dev/pts/3" });
});

test("a container that has ended before it was asked for its console was created", async () => {
  const ended: CreateResult = { kind: "created", terminal: undefined };
  assert.deepEqual(await create(ended), { asked: 1, forgot: 0, terminal: undefined });
});

test("while libvirt ends the container before, it is asked again", async () => {
  assert.deepEqual(await create(busy(false), busy(false), created), { asked: 3, forgot: 0, terminal: "/dev/pts/3" });
});

// F2
test("a start during which libvirtd was killed is forgotten at once", async () => {
  assert.equal((await create(busy(true), created)).forgot, 1);
});

test("a container that libvirt does not end by itself is forgotten after two seconds", async () => {
  assert.deepEqual(await create(...Array<CreateResult>(21).fill(busy(false)), created), {
    asked: 22,
    forgot: 1,
    terminal: "/dev/pts/3",
  });
});

test("one that stays for ever is an error with libvirt's words", async () => {
  await assert.rejects(create(busy(false)), /still has the container of the previous start: domain is busy/);
});

test("a refusal is an error with libvirt's words", async () => {
  await assert.rejects(create({ kind: "refused", reason: "no memory" }), /refused to start the container: no memory/);
});

test("a refusal for want of something says how to get more of it", async () => {
  const hintFor = (reason: string): Promise<unknown> =>
    create({ kind: "refused", reason }).catch((error: unknown) => (error as SandboxError).hint);
  assert.match(String(await hintFor("Failed to allocate tty: No space left on device")), /kernel\.pty\.max/);
  assert.match(String(await hintFor("cannot write '/var/log/x': No space left on device")), /^Free some space/);
  for (const words of [
    "End of file while reading data: Input/output error",
    "Cannot recv data: Connection reset by peer",
  ])
    assert.match(String(await hintFor(words)), /^libvirtd ended or was restarted meanwhile\. Start the sandbox again/);
});

test("a domain that is left of a deleted sandbox of this name is forgotten, a running one is not", async () => {
  const taken: CreateResult = { kind: "taken", reason: "domain 'web' already exists with uuid 1" };
  assert.deepEqual(await create(taken, created), { asked: 2, forgot: 1, terminal: "/dev/pts/3" });
  await assert.rejects(create(taken, taken), /already exists/);
  await assert.rejects(
    createContainer(web, {
      create: () => Promise.resolve(taken),
      forgetDomain: () => Promise.reject(new Error("must not happen")),
      isRunning: () => true,
    }),
    /refused to start the container: domain 'web' already exists/,
  );
});
