import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const create = (name: string, ...words: readonly string[]): Promise<string> =>
  bed.run("sandboxcontainer", "create", name, ...words, "--", "/usr/bin/sleep", "infinity");

test("a folder and an image go back to what they were, and the snapshot stays", async (context) => {
  deleteAfter(context, bed, "folder", "image");
  await create("folder", "--start");
  await create("image", "-i", "48M", "--start");
  for (const name of ["folder", "image"]) {
    await inside(name, "echo old > /srv/file; ln /srv/file /srv/same; chown 33 /srv/file");
    oneLine(await command("snapshot", name, "first"), 1, /is running\. Stop it first: .*--running/);
    await bed.run("sandboxcontainer", "snapshot", name, "first", "--running");
    await inside(name, "echo new > /srv/file; touch /srv/more; rm /etc/hosts");
    oneLine(await command("rollback", name, "first"), 1, /is running\. Stop it first/);
    await bed.run("systemctl", "stop", `sandbox@${name}`);
    for (const time of ["once", "again"]) {
      await bed.run("sandboxcontainer", "rollback", name, "first");
      await bed.run("systemctl", "start", `sandbox@${name}`);
      const look = "cat /srv/file; stat -c '%u %h' /srv/file; ls /srv /etc/hosts";
      assert.equal((await inside(name, look)).stdout, "old\n33 2\n/etc/hosts\n\n/srv:\nfile\nsame\n", time);
      await inside(name, "rm -r /srv/*");
      await bed.run("systemctl", "stop", `sandbox@${name}`);
    }
  }
});

test("snapshots are listed, shown and deleted", async (context) => {
  deleteAfter(context, bed, "snap");
  await create("snap");
  await bed.run("sandboxcontainer", "snapshot", "snap", "first");
  await bed.run("sandboxcontainer", "snapshot", "snap");
  const listed = JSON.parse(await bed.run("sandboxcontainer", "snapshots", "snap", "--json")) as { snapshot: string }[];
  assert.equal(listed[0]?.snapshot, "first");
  assert.match(listed[1]?.snapshot ?? "", /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/);
  assert.match(
    await bed.run("sandboxcontainer", "snapshots", "snap"),
    /^SNAPSHOT +MADE +SIZE +ALONE\nfirst +\d{4}-.* KiB$/m,
  );
  assert.match(await bed.run("sandboxcontainer", "show", "snap"), /snapshots: first \d{4}-/);
  await bed.run("sandboxcontainer", "delete-snapshot", "snap", "first");
  assert.doesNotMatch(await bed.run("sandboxcontainer", "snapshots", "snap"), /first/);
});

test("what cannot be is refused, and changes nothing", async (context) => {
  deleteAfter(context, bed, "snap");
  await create("snap");
  await bed.run("sandboxcontainer", "snapshot", "snap", "first");
  const list = (): Promise<string> => bed.run("find", "/var/lib/sandboxcontainer/snap", "-printf", "%p %i %T@\\n");
  const before = await list();
  oneLine(await command("snapshot", "snpa"), 1, /Did you mean `snap`\?/);
  oneLine(await command("snapshot", "snap", "first"), 1, /snap already has a snapshot first/);
  oneLine(await command("snapshot", "snap", "../x"), 2, /not a valid name for a snapshot/);
  oneLine(await command("rollback", "snap", "frist"), 1, /no snapshot frist\. Did you mean `first`\?/);
  oneLine(await command("rollback", "snap", "../../x"), 1, /no snapshot \.\.\/\.\.\/x/);
  oneLine(await command("delete-snapshot", "snap", ".."), 1, /no snapshot \.\./);
  const asUser = await bed.try("setpriv", "--reuid", "65534", "--clear-groups", "sandboxcontainer", "snapshot", "snap");
  oneLine(asUser, 1, /root.*sudo/);
  assert.equal(await list(), before);
});

// It was refused with the sandbox already marked as incomplete, and so the sandbox could not start any more.
test("a rollback that cannot be done leaves the sandbox as it was", async (context) => {
  deleteAfter(context, bed, "snap");
  await create("snap");
  for (const snapshot of ["large", "image"]) await bed.run("sandboxcontainer", "snapshot", "snap", snapshot);
  const folder = "/var/lib/sandboxcontainer/snap/snapshots";
  await bed.run("mv", `${folder}/image/root`, `${folder}/image/root.img`);
  oneLine(await command("rollback", "snap", "image"), 1, /image holds an image, but the root is a folder/);
  await bed.run("mount", "-t", "tmpfs", "-o", "size=300k", "small", folder);
  try {
    await bed.run("sh", "-c", `mkdir -p ${folder}/large/root; head -c 200000 /dev/urandom > ${folder}/large/root/file`);
    const { status, stderr } = await command("rollback", "snap", "large");
    assert.equal(status, 1);
    assert.match(stderr, /No space left on device/);
  } finally {
    await bed.run("umount", folder);
  }
  await bed.run("systemctl", "start", "sandbox@snap");
});

// They replaced the mark by their own, and then removed it.
test("what a killed rollback has left half is copied by nobody", async (context) => {
  deleteAfter(context, bed, "snap", "copy");
  await create("snap");
  await bed.run("sandboxcontainer", "snapshot", "snap", "first");
  const task = {
    command: ["rollback", "snap", "first"],
    folder: "/",
    task: { kind: "rolling back", snapshot: "first" },
  };
  const mark = "cat > /var/lib/sandboxcontainer/.unfinished-snap";
  assert.equal((await bed.feed(JSON.stringify(task), "sh", "-c", mark)).status, 0);
  for (const words of [
    ["snapshot", "snap", "second"],
    ["export", "snap", "/root/snap.tar.zst"],
    ["clone", "snap", "copy"],
    ["rename", "snap", "copy"],
  ])
    oneLine(await command(...words), 1, /snap is incomplete: `sandboxcontainer rollback snap first` was killed/);
  await bed.run("sandboxcontainer", "rollback", "snap", "first");
  await bed.run("systemctl", "start", "sandbox@snap");
});

test("a snapshot that does not fit leaves nothing", async (context) => {
  deleteAfter(context, bed, "large");
  await create("large");
  const folder = "/var/lib/sandboxcontainer/large/snapshots";
  await bed.run("mkdir", "-p", "-m", "700", folder);
  await bed.run("mount", "-t", "tmpfs", "-o", "size=300k", "small", folder);
  try {
    const { status, stderr } = await command("snapshot", "large", "full");
    assert.equal(status, 1);
    assert.match(stderr, /No space left on device/);
    assert.equal(await bed.run("ls", "-A", folder), "");
  } finally {
    await bed.run("umount", folder);
  }
});
