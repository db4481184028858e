import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const ask = (...words: readonly string[]) => bed.try("sandboxcontainer", ...words);
const { deleteAfter } = useSandboxes(bed);

// Sites of other customers came into a tenant's root.
test("what somebody enables on the host later stays out of a root, is named, and comes when asked for", async (t) => {
  const [page, enabled] = ["/etc/nginx/sites-available/customer", "/etc/nginx/sites-enabled/customer"];
  deleteAfter(t, "tenant", "later");
  t.after(() => bed.try("rm", "-f", page, enabled));
  await bed.run("sandboxcontainer", "create", "tenant", "--unit", "nginx.service");
  await bed.run("sh", "-c", `echo '# of a customer' >${page}; ln -s ${page} ${enabled}`);
  const has = async (name: string, path: string): Promise<boolean> =>
    (await bed.try("test", "-L", `/var/lib/sandboxcontainer/${name}/root${path}`)).status === 0;
  const preview = (await ask("upgrade", "tenant", "--dry-run")).stdout;
  assert.match(preview, /^tenant is up to date with the host\n.*revert tenant PATH\n/);
  assert.match(preview, /^ {4}\/etc\/nginx\/sites-enabled\/customer \(in \/etc\/nginx, which package nginx/m);
  // A change of the conf makes the root again where it lacks something.
  await bed.run("sandboxcontainer", "set", "tenant", "Package=redis-server");
  await bed.run("systemctl", "restart", "sandbox-root@tenant");
  const told = await ask("upgrade", "tenant", "--json");
  assert.equal(told.status, 0, told.stderr);
  const [{ leftOut }] = JSON.parse(told.stdout) as [{ leftOut: readonly { path: string }[] }];
  assert.deepEqual(
    leftOut.map(({ path }) => path),
    [page, enabled],
  );
  assert.equal(await has("tenant", enabled), false);
  await bed.run("sandboxcontainer", "revert", "tenant", page, enabled);
  assert.equal(await has("tenant", enabled), true);
  assert.equal((await ask("upgrade", "tenant")).stdout, "tenant is up to date with the host\n");
  await bed.run("sandboxcontainer", "create", "later", "--unit", "nginx.service");
  assert.equal(await has("later", enabled), true, "a new sandbox begins as the host is");
});
