import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { deleteAfter, make, makeSleeper } = useSandboxes(bed);
const ask = (...words: readonly string[]) => bed.try("sandboxcontainer", ...words);
const conf = (name: string): string => `/etc/sandboxcontainer/${name}.conf`;

for (const options of [[], ["--imagesize", "64M"]])
  test(`a conf that was renamed by hand finds its root${options.length > 0 ? ", also in an image" : ""}`, async (t) => {
    await makeSleeper(t, "former", ...options, "--start");
    deleteAfter(t, "latter");
    await bed.run("sandboxcontainer", "execute", "former", "--", "touch", "/srv/precious");
    await bed.run("sandboxcontainer", "stop", "former");
    await bed.run("sh", "-c", `mv ${conf("former")} ${conf("latter")}; systemctl daemon-reload`);
    const started = await ask("start", "latter");
    assert.equal(started.status, 1);
    assert.match(started.stderr, /latter has no root, and former, .*: sandboxcontainer rename former latter\./);
    assert.match(
      (await ask("list")).stdout,
      /^former +bad conf .* former has a root and no conf: .*\nlatter .* renamed /m,
    );
    assert.match((await ask("doctor")).stdout, /failed +roots +latter has no root.*\n.*rename former latter/);
    await bed.run("sandboxcontainer", "rename", "former", "latter");
    await bed.run("sandboxcontainer", "start", "latter");
    await bed.run("sandboxcontainer", "execute", "latter", "--", "test", "-e", "/srv/precious");
    assert.match((await ask("doctor")).stdout, /ok +roots/);
  });

test("a root without a conf is told, and does not stand in the way of another conf or of create", async (t) => {
  await makeSleeper(t, "former");
  deleteAfter(t, "other");
  await bed.run("sh", "-c", `rm ${conf("former")}; systemctl daemon-reload`);
  assert.match((await ask("doctor")).stdout, /warning +roots +these have no conf: former\n.*delete former/);
  await make(t, "latter", "--start", "--", "/usr/bin/sleep", "infinity");
  await bed.feed("[Sandbox]\nExec=/usr/bin/sleep 1000\n", "sh", "-c", `cat >${conf("other")}`);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "start", "other");
});
