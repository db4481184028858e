import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { renderMountOptions } from "../../../../helpers/run/attach/mount-sources.ts";
import { layerMounts, scratchMount } from "../../../../helpers/run/configure/mount-layers.ts";

const name = parseSandboxName("web1");
const options = renderMountOptions("0:65536:65536", "u:r:t:s0:c1,c2");
const at = "/run/sandboxcontainer/web1";

const context = "u:r:t:s0:c1,c2";

test("what is thrown away is memory of the sandbox's, with its label", () => {
  assert.deepEqual(scratchMount(name, options), {
    type: "tmpfs",
    to: `${at}/mount-scratch`,
    flags: ["nosuid", "nodev"],
    options: { uid: 65536, gid: 65536, context, mode: "0755", size: "50%" },
  });
});

test("dpkg's database is the host's with the sandbox's ids, and it and /usr have layers above them", () => {
  const layer = (what: string, lowerdir: string) => ({
    type: "overlay",
    to: `${at}/mount-layer-${what}`,
    flags: ["nodev"],
    options: {
      lowerdir,
      upperdir: `${at}/mount-scratch/${what}`,
      workdir: `${at}/mount-scratch/${what}.work`,
      context,
    },
  });
  assert.deepEqual(layerMounts(name, options), {
    database: {
      from: "/var/lib/dpkg",
      to: `${at}/mount-dpkg`,
      flags: ["nosuid", "nodev", "ro"],
      isPrivate: true,
      ids: { first: 65536, count: 65536 },
    },
    layers: [layer("usr", "/run/host/sandboxcontainer/web1/usr"), layer("dpkg", `${at}/mount-dpkg`)],
  });
});
