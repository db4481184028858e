import assert from "node:assert/strict";
import { before, test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { putFiles } from "../debian-programs.ts";
import { useCommand } from "../command.ts";

const bed = useBed("native");
const { inside } = useCommand(bed);
const shell = (script: string): Promise<string> => bed.run("sh", "-c", script);
const folder = "/root/snapshot-sharing";
const state = "/var/lib/sandboxcontainer";
const mebibyte = 2 ** 20;

// Loop devices that a killed run of this test has left are detached by the bed when it goes down, as all of its files.
before(async () => {
  await putFiles(
    `${folder}/`,
    "xfsprogs",
    "btrfs-progs",
    "libinih1",
    "liburcu8t64",
    "liblzo2-2",
    "libreiserfscore0t64",
  );
  await shell(`mkdir -p ${folder}; umount -q ${state}; true`);
});

/** Puts all sandboxes of this test on a new file system of this kind. */
async function useFileSystem(t: TestContext, kind: "xfs" | "btrfs" | "ext4"): Promise<void> {
  const image = `${folder}/${kind}.img`;
  const program = kind === "ext4" ? "mkfs.ext4" : `$(dirname $(find ${folder} -name mkfs.${kind}))/mkfs.${kind}`;
  const libraries = `LD_LIBRARY_PATH=$(dirname $(find ${folder} -name liblzo2.so.2))`;
  await shell(
    `rm -f ${image}; truncate -s 600M ${image}; ${libraries} ${program} -q ${image}; mkdir -p ${state}; mount -o loop ${image} ${state}; chmod 0700 ${state}`,
  );
  t.after(async () => {
    await bed.try("sandboxcontainer", "delete", "--force", "shared");
    await shell(`umount ${state}; rm -f ${image}`);
    assert.doesNotMatch(await bed.run("losetup", "--all"), /snapshot-sharing/);
  });
}

const used = async (): Promise<number> => {
  await bed.run("sync", "--file-system", state);
  return Number(await shell(`df --output=used --block-size=1 ${state} | tail -1`));
};

interface Listed {
  readonly bytes: number;
  readonly ownBytes: number | null;
}

const list = async (): Promise<readonly Listed[]> =>
  JSON.parse(await bed.run("sandboxcontainer", "snapshots", "shared", "--json")) as readonly Listed[];
const take = () => bed.run("systemctl", "start", "sandbox-snapshot@shared.service");

for (const image of [[], ["-i", "200M"]])
  for (const kind of ["xfs", "btrfs", "ext4"] as const)
    test(`on ${kind}${image.length === 0 ? "" : " with an image"} a snapshot ${kind === "ext4" ? "is a whole copy" : "shares what did not change"}, and its size says so`, async (t) => {
      await useFileSystem(t, kind);
      await bed.run(
        "sandboxcontainer",
        "create",
        "shared",
        ...image,
        "--snapshots",
        "daily",
        "--set",
        "Keep=3",
        "--start",
        "--",
        "/usr/bin/sleep",
        "infinity",
      );
      await inside("shared", "head -c 40M /dev/urandom > /srv/large; sync");
      const before = await used();
      await take();
      const taken = (await used()) - before;
      const [first] = await list();
      assert.ok(
        first !== undefined && first.bytes > 40 * mebibyte && first.bytes < 80 * mebibyte,
        JSON.stringify(first),
      );
      if (kind === "ext4") {
        assert.ok(taken > 40 * mebibyte, String(taken));
        assert.equal(first.ownBytes, first.bytes);
        return;
      }
      assert.ok(taken < 8 * mebibyte, `${taken} bytes more`);
      assert.ok(first.ownBytes !== null && first.ownBytes < 8 * mebibyte, JSON.stringify(first));
      // What the sandbox overwrites is the snapshot's alone, until another one has it too.
      await inside("shared", "head -c 40M /dev/urandom | dd of=/srv/large conv=notrunc bs=1M iflag=fullblock; sync");
      const [changed] = await list();
      assert.ok((changed?.ownBytes ?? 0) > 36 * mebibyte, JSON.stringify(changed));
      await take();
      const both = await list();
      assert.ok(
        (both[0]?.ownBytes ?? 0) > 36 * mebibyte && (both[1]?.ownBytes ?? Infinity) < 8 * mebibyte,
        JSON.stringify(both),
      );
      t.diagnostic(
        `${kind}: the first took ${taken} bytes; ${await bed.run("sandboxcontainer", "snapshots", "shared")}`,
      );
      // Removing it frees at least that.
      const full = await used();
      const [name = ""] = (await shell(`ls ${state}/shared/snapshots`)).split("\n");
      await bed.run("sandboxcontainer", "delete-snapshot", "shared", name);
      await shell(kind === "btrfs" ? `sync ${state}; sleep 1; sync -f ${state}` : "true");
      assert.ok(
        full - (await used()) >= (both[0]?.ownBytes ?? 0) * 0.9,
        `${full} ${await used()} ${both[0]?.ownBytes}`,
      );
    });
