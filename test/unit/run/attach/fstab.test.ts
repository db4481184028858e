import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { renderFstab } from "../../../../helpers/run/attach/fstab.ts";
import { renderMountOptions } from "../../../../helpers/run/attach/mount-options.ts";

const name = parseSandboxName("web1");
const mounts = "/run/host/sandboxcontainer/web1";

test("the tree and /usr carry the sandbox's ids, and memory its owner and its label", () => {
  const options = renderMountOptions("0:200000:65536", "system_u:object_r:sandboxcontainer_file_t:s0:c1,c2");
  const memory =
    'private,nosuid,nodev,uid=200000,gid=200000,nr_inodes=100k,context="system_u:object_r:sandboxcontainer_file_t:s0:c1,c2"';
  assert.equal(
    renderFstab(name, options),
    `/var/lib/sandboxcontainer/web1/root ${mounts}/root none bind,private,nodev,X-mount.idmap=0:200000:65536
/usr ${mounts}/usr none bind,private,nodev,ro,X-mount.idmap=0:200000:65536
sandboxcontainer ${mounts}/run tmpfs ${memory},mode=0755,size=10%
sandboxcontainer ${mounts}/tmp tmpfs ${memory},mode=1777,size=10%
sandboxcontainer ${mounts}/shm tmpfs ${memory},mode=1777,size=10%
`,
  );
});

test("without a user namespace and without SELinux nothing is mapped or labelled", () => {
  const text = renderFstab(name, renderMountOptions("none", "none"));
  assert.doesNotMatch(text, /idmap|context/);
  assert.match(text, /^\/usr \S+ none bind,private,nodev,ro$/m);
  assert.match(text, /tmpfs private,nosuid,nodev,uid=0,gid=0,nr_inodes=100k,mode=0755,size=10%$/m);
});
