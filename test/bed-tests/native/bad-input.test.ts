import assert from "node:assert/strict";
import { test } from "node:test";
import { type Ran, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { deleteAfter, makeSleeper, assertNothingOf } = useSandboxes(bed);

test("an unknown unit is refused and nothing is made", async (t) => {
  deleteAfter(t, "bad");
  oneLine(
    await command("create", "bad", "--unit", "apache3.service"),
    1,
    /no unit apache3\.service on this host.*install/,
  );
  await assertNothingOf("bad");
});

test("the name of a unit where a path belongs is told with the option for it", async (t) => {
  deleteAfter(t, "bad");
  oneLine(await command("create", "bad", "apache2.service"), 2, /not the path.*create bad --unit apache2\.service/);
  await assertNothingOf("bad");
});

test("a unit that no sandbox can run says why", async (t) => {
  deleteAfter(t, "bad");
  t.after(() => bed.try("sh", "-c", "rm -f /etc/systemd/system/no-container.service; systemctl daemon-reload"));
  const text = "[Unit]\nConditionVirtualization=!container\n[Service]\nExecStart=/usr/bin/sleep infinity\n";
  await bed.feed(text, "sh", "-c", "cat >/etc/systemd/system/no-container.service; systemctl daemon-reload");
  oneLine(
    await command("create", "bad", "--unit", "no-container"),
    1,
    /no-container\.service cannot run in a sandbox: it has ConditionVirtualization=!container.*systemctl edit/,
  );
  oneLine(await command("create", "bad", "--unit", "tmp.mount"), 1, /it is a mount/);
  await assertNothingOf("bad");
});

test("an executable of no package is refused, one that several units run asks for --unit", async (t) => {
  deleteAfter(t, "bad");
  t.after(() => bed.try("rm", "-f", "/usr/local/bin/own-program"));
  await bed.run("cp", "/usr/bin/true", "/usr/local/bin/own-program");
  oneLine(
    await command("create", "bad", "/usr/local/bin/own-program"),
    1,
    /own-program belongs to no package|own-program.*no package/,
  );
  oneLine(await command("create", "bad", "/usr/bin/no-such"), 1, /no-such: no such file/);
  oneLine(
    await command("create", "bad", "/usr/bin/true"),
    1,
    /no unit of its package runs \/usr\/bin\/true.*create bad -- /,
  );
  await assertNothingOf("bad");
});

test("a name is checked: the rule is said, and a taken one is", async (t) => {
  oneLine(
    await command("create", "a/b", "--unit", "apache2.service"),
    2,
    /`a\/b` is not a valid sandbox name\. A name consists of/,
  );
  oneLine(await command("create", "../x", "--unit", "apache2.service"), 2, /not a valid sandbox name/);
  oneLine(await command("create", "defaults", "--unit", "apache2.service"), 2, /reserved/);
  await makeSleeper(t, "taken");
  oneLine(
    await command("create", "taken", "--", "/usr/bin/true"),
    1,
    /taken is taken.*\/etc\/sandboxcontainer\/taken\.conf/,
  );
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/taken.conf"), /sleep infinity/);
});

test("wrong usage has status 2 and says what is right", async (t) => {
  deleteAfter(t, "bad");
  await makeSleeper(t, "typed");
  oneLine(await command("create", "bad"), 2, /nothing to put into the sandbox.*--unit/);
  oneLine(await command("create", "bad", "--unit", "a.service", "--", "/usr/bin/true"), 2, /more than one thing/);
  oneLine(
    await command("create", "bad", "--unit", "apache2.service", "--publish", "80"),
    2,
    /--publish=80: expected .*HOSTPORT:PORT/,
  );
  oneLine(await command("strat", "typed"), 2, /unknown command `strat`\. Did you mean `start`\? See/);
  oneLine(await command("start", "typd"), 1, /no sandbox typd\. Did you mean `typed`\?/);
  oneLine(await command("list", "--jsn"), 2, /--jsn.*--json/);
  await assertNothingOf("bad");
});

test("without root rights nothing is tried", async (t) => {
  deleteAfter(t, "bad");
  await makeSleeper(t, "private");
  const asUser = (...words: readonly string[]): Promise<Ran> =>
    bed.try("setpriv", "--reuid", "65534", "--clear-groups", "sandboxcontainer", ...words);
  oneLine(await asUser("create", "bad", "--unit", "apache2.service"), 1, /root.*sudo/);
  oneLine(await asUser("execute", "private", "--", "id"), 1, /root.*sudo/);
  assert.equal((await asUser("--help")).status, 0);
});

test("a running sandbox is not deleted unless forced", async (t) => {
  await makeSleeper(t, "busy", "--start");
  oneLine(await command("delete", "busy"), 1, /busy is active.*--force/);
  assert.equal((await bed.try("systemctl", "is-active", "sandbox@busy")).stdout, "active\n");
});

test("a full disk leaves nothing half-made, and the next try works", async (t) => {
  deleteAfter(t, "full");
  const small = "mount -t tmpfs -o size=100k small /mnt/small && mount --bind /mnt/small /var/lib/sandboxcontainer";
  let full: Ran;
  try {
    await bed.run("sh", "-c", `mkdir -p /mnt/small && ${small}`);
    full = await command("create", "full", "--unit", "apache2.service");
  } finally {
    await bed.try("sh", "-c", "umount /var/lib/sandboxcontainer; umount /mnt/small");
  }
  assert.equal(full.status, 1);
  assert.match(full.stderr, /no space left/);
  await assertNothingOf("full");
  await bed.run("sandboxcontainer", "create", "full", "--unit", "apache2.service");
});
