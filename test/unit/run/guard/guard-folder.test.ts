import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { guardFolder, type GuardHost } from "../../../../helpers/run/guard/guard-folders.ts";

const open = { owner: 0, mode: 0o755 };

/** Returns the steps of guarding /srv/a/b; `change` describes the host. */
async function guarding(change: Partial<GuardHost> = {}): Promise<{ done: string[]; error: unknown }> {
  const done: string[] = [];
  const host: GuardHost = {
    readWay: () => [open, open],
    pathAbove: (_, levels) => (levels === 1 ? "/srv/a" : "/srv"),
    isHarmless: () => false,
    isMountPoint: () => false,
    isListed: () => false,
    addGuarded: (path, list) => done.push(`list ${path} in ${list}`),
    coverFolder: (path) => Promise.resolve(void done.push(`cover ${path}`)),
    ...change,
  };
  const error = await guardFolder({ path: "/srv/a/b", descriptor: 7 }, "LIST", host).catch((each: unknown) => each);
  return { done, error };
}

test("a folder that users can come to is listed first, and then mounted over itself", async () => {
  assert.deepEqual((await guarding()).done, ["list /srv/a/b in LIST", "cover /srv/a/b"]);
});

test("one that is covered already is listed, and not covered again", async () => {
  const { done } = await guarding({ isHarmless: () => true, isMountPoint: () => true });
  assert.deepEqual(done, ["list /srv/a/b in LIST"]);
});

test("nothing is done where only root can come, or where the whole file system is harmless", async () => {
  assert.deepEqual(await guarding({ readWay: () => [{ owner: 0, mode: 0o700 }] }), { done: [], error: undefined });
  assert.deepEqual(await guarding({ isHarmless: () => true }), { done: [], error: undefined });
});

const movable: Partial<GuardHost> = { readWay: () => [{ owner: 0, mode: 0o1777 }, open] };

test("a folder that users can move is refused, with the folder that they can write", async () => {
  const { done, error } = await guarding(movable);
  assert.deepEqual(done, []);
  assert.ok(error instanceof SandboxError);
  assert.match(error.message, /users other than root can move \/srv\/a\/b, because they can write to \/srv\/a$/);
  assert.match(error.hint ?? "", /nosuid,nodev, or see host-bind,suid/);
});

test("nothing is refused where users can move it, but its whole file system is harmless", async () => {
  assert.deepEqual(await guarding({ ...movable, isHarmless: () => true }), { done: [], error: undefined });
});

test("a folder that became movable and was guarded before is covered, and refused all the same", async () => {
  const { done, error } = await guarding({ ...movable, isListed: () => true });
  assert.deepEqual(done, ["cover /srv/a/b"]);
  assert.ok(error instanceof SandboxError);
});

test("a folder that cannot be covered is an error", async () => {
  const { error } = await guarding({ coverFolder: () => Promise.reject(new SandboxError("no mount")) });
  assert.match(String(error), /no mount/);
});
