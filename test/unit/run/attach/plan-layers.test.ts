import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { planLayers } from "../../../../helpers/run/attach/attach-sandbox.ts";
import { renderMountOptions } from "../../../../helpers/run/attach/mount-sources.ts";

const name = parseSandboxName("web1");
const mounts = "/run/host/sandboxcontainer/web1";

test("the tree and /usr carry the sandbox's ids, and memory its owner and its label", () => {
  const context = "system_u:object_r:sandboxcontainer_file_t:s0:c1,c2";
  const ids = { first: 200000, count: 65536 };
  const memory = (layer: string, mode: string) => ({
    type: "tmpfs",
    to: `${mounts}/${layer}`,
    flags: ["nosuid", "nodev"],
    options: { uid: 200000, gid: 200000, nr_inodes: "100k", context, mode, size: "10%" },
  });
  assert.deepEqual(planLayers(name, renderMountOptions("0:200000:65536", context)), {
    trees: [
      {
        from: "/var/lib/sandboxcontainer/web1/root",
        to: `${mounts}/root`,
        flags: ["nodev"],
        isPrivate: true,
        ids,
      },
      { from: "/usr", to: `${mounts}/usr`, flags: ["nodev", "ro"], isPrivate: true, ids },
    ],
    memory: [memory("run", "0755"), memory("tmp", "1777"), memory("shm", "1777")],
  });
});

test("without a user namespace and without SELinux nothing is mapped or labelled", () => {
  const { trees, memory } = planLayers(name, renderMountOptions("none", "none"));
  assert.deepEqual(
    trees.map(({ ids, flags }) => [ids, flags]),
    [
      [undefined, ["nodev"]],
      [undefined, ["nodev", "ro"]],
    ],
  );
  assert.deepEqual(
    memory.map(({ options }) => [options["uid"], options["context"]]),
    [1, 2, 3].map(() => [0, undefined]),
  );
});
