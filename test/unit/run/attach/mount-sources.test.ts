import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { Bind } from "../../../../helpers/host/files/mounts.ts";
import {
  type MountHost,
  mountSources,
  renderMountOptions,
  type Source,
} from "../../../../helpers/run/attach/mount-sources.ts";

const name = parseSandboxName("web1");
const options = renderMountOptions("0:65536:65536", "u:r:t:s0:c1");
const at = "/run/sandboxcontainer/web1";

const describeFlags = ({ flags = [], isPrivate, ids }: Pick<Bind, "flags" | "isPrivate" | "ids">): string =>
  [...(isPrivate ? ["private"] : []), ...flags, ...(ids === undefined ? [] : [`${ids.first}:${ids.count}`])].join(",");

/** Records the steps; `change` replaces some of them. */
async function mounting(
  source: Source | readonly Source[],
  change: Partial<MountHost> = {},
  how = options,
): Promise<readonly string[]> {
  const done: string[] = [];
  const host: MountHost = {
    makeFolder: (path) => done.push(`folder ${path}`),
    withFolder: (path, act) => act({ path, descriptor: 7 }),
    guard: (folder) => Promise.resolve(void done.push(`guard ${folder.path}`)),
    isFile: (path) => path.endsWith(".conf"),
    bindFile: (path, held, { to, ...how }) =>
      Promise.resolve(void done.push(`file ${path} ${held} ${to} ${describeFlags(how)}`)),
    unguard: (path) => done.push(`unguard ${path}`),
    showImage: (...words) => Promise.resolve(void done.push(`image ${words.join(" ")}`)),
    bind: ({ from, to, ...how }) => done.push(`bind ${from} ${to} ${describeFlags(how)}`),
    mountNew: ({ type, to, flags, options: more }) =>
      done.push(`mount ${type} ${to} ${flags.join(",")} ${JSON.stringify(more)}`),
    ...change,
  };
  await mountSources(name, [source].flat(), how, host);
  return done;
}

test("a folder is guarded, and mounted as the one that is open, without set-user-id", async () => {
  assert.deepEqual(await mounting({ kind: "folder", path: "/srv/a", allowsSetId: false }), [
    `folder ${at}/mount-0`,
    "guard /srv/a",
    `bind 7 ${at}/mount-0 private,nodev,nosuid,65536:65536`,
  ]);
});

test("a folder of host-bind,suid is not guarded any more, and mounted as it is", async () => {
  assert.deepEqual((await mounting({ kind: "folder", path: "/srv/a", allowsSetId: true })).slice(1), [
    "unguard /srv/a",
    `bind 7 ${at}/mount-0 private,nodev,65536:65536`,
  ]);
});

test("what is shown read-only needs no guard: nothing can be left there", async () => {
  assert.deepEqual(await mounting({ kind: "read-only", path: "/srv/a" }), [
    `folder ${at}/mount-0`,
    `bind 7 ${at}/mount-0 private,nodev,ro,nosuid,65536:65536`,
  ]);
  const flags = "private,nodev,ro,nosuid,65536:65536";
  assert.deepEqual(await mounting({ kind: "read-only", path: "/etc/a.conf" }), [
    `file /etc/a.conf /run/host/sandboxcontainer/web1/file-0 ${at}/mount-0 ${flags}`,
  ]);
});

test("without a user namespace it is guarded, and a file is refused", async () => {
  const plain = renderMountOptions("none", "none");
  assert.deepEqual((await mounting({ kind: "read-only", path: "/srv/a" }, {}, plain)).slice(1), [
    "guard /srv/a",
    `bind 7 ${at}/mount-0 private,nodev,ro,nosuid`,
  ]);
  await assert.rejects(
    mounting({ kind: "read-only", path: "/etc/a.conf" }, {}, plain),
    /a\.conf is a file, and without a user namespace/,
  );
});

test("an image is mounted by systemd, and bound from there with the sandbox's ids", async () => {
  assert.deepEqual((await mounting({ kind: "image", path: "/srv/disk" })).slice(1), [
    `image /srv/disk /run/host/sandboxcontainer/web1/image-0 ${at}/image-0 u:r:t:s0:c1`,
    `bind ${at}/image-0 ${at}/mount-0 private,nodev,65536:65536`,
  ]);
});

test("memory is labelled, and has its size", async () => {
  assert.deepEqual((await mounting({ kind: "memory", bytes: 4096 })).slice(1), [
    `mount tmpfs ${at}/mount-0 nosuid,nodev {"uid":65536,"gid":65536,"nr_inodes":"100k","context":"u:r:t:s0:c1","mode":"1777","size":4096}`,
  ]);
});

test("all are mounted, in their order; after one that fails none is", async () => {
  const folder = { kind: "folder", path: "/srv/a", allowsSetId: false } as const;
  const sources: readonly Source[] = [folder, { kind: "memory", bytes: 1 }, folder];
  const folders = (done: readonly string[]) => done.filter((each) => each.startsWith("folder")).length;
  assert.equal(folders(await mounting(sources)), 3);
  let count = 0;
  const failing = mounting(sources, {
    makeFolder: () => count++,
    bind: () => {
      throw new SandboxError("mount: no");
    },
  });
  await assert.rejects(failing, SandboxError);
  assert.equal(count, 1);
});

test("a folder that cannot be guarded is not mounted", async () => {
  let mounted = 0;
  const failing = mounting(
    { kind: "folder", path: "/srv/a", allowsSetId: false },
    {
      guard: () => Promise.reject(new SandboxError("users can move it", { hint: "Use another one" })),
      bind: () => {
        mounted++;
      },
    },
  );
  await assert.rejects(failing, {
    message: "users can move it",
    hint: "Use another one. See the Mount= line with /srv/a",
  });
  assert.equal(mounted, 0);
});

test("whatever goes wrong is told with the line of the conf", async () => {
  const failing = (error: Error) =>
    mounting(
      { kind: "image", path: "/srv/disk" },
      {
        showImage: () => Promise.reject(error),
      },
    );
  await assert.rejects(failing(new SandboxError("bad disk")), {
    message: "bad disk",
    hint: "See the Mount= line with /srv/disk",
  });
  await assert.rejects(failing(new Error("EEXIST: x")), { name: "SandboxError", message: "EEXIST: x" });
});
