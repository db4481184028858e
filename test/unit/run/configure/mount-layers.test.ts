import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { renderMountOptions } from "../../../../helpers/run/attach/mount-options.ts";
import { layerMounts, scratchMount } from "../../../../helpers/run/configure/mount-layers.ts";

const name = parseSandboxName("web1");
const options = renderMountOptions("0:65536:65536", "u:r:t:s0:c1,c2");
const at = "/run/sandboxcontainer/web1";

test("what is thrown away is memory of the sandbox's, with its label", () => {
  assert.equal(
    scratchMount(name, options).join(" "),
    `-t tmpfs -o private,nosuid,nodev,uid=65536,gid=65536,mode=0755,size=50%,context="u:r:t:s0:c1,c2" sandboxcontainer ${at}/mount-scratch`,
  );
});

test("dpkg's database is the host's with the sandbox's ids, and it and /usr have layers above them", () => {
  const layer = (what: string, lower: string) =>
    `-t overlay -o private,nodev,lowerdir=${lower},upperdir=${at}/mount-scratch/${what},workdir=${at}/mount-scratch/${what}.work,context="u:r:t:s0:c1,c2" sandboxcontainer ${at}/mount-layer-${what}`;
  assert.deepEqual(
    layerMounts(name, options).map((args) => args.join(" ")),
    [
      `-o bind,private,nosuid,nodev,ro,X-mount.idmap=0:65536:65536 /var/lib/dpkg ${at}/mount-dpkg`,
      layer("usr", "/run/host/sandboxcontainer/web1/usr"),
      layer("dpkg", `${at}/mount-dpkg`),
    ],
  );
});
