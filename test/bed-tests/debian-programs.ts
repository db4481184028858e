import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const call = promisify(execFile);

/** Puts the files of Debian packages into a folder of the native bed, for programs that need libraries. */
export async function putFiles(folder: string, ...packages: readonly string[]): Promise<void> {
  await withFiles(packages, (root) => call(bed, ["push", "native", root, folder]));
}

/**
 * Puts programs of Debian packages into the native bed, in /usr/local/bin. Not the packages: they have services that start at
 * boot, and need much that no test does. A bed has no network, so this machine's apt-get fetches them.
 */
export async function putPrograms(packages: Readonly<Record<string, readonly string[]>>): Promise<void> {
  await withFiles(Object.keys(packages), async (root) => {
    for (const path of Object.values(packages).flat())
      await call(bed, ["push", "native", join(root, path), "/usr/local/bin/"]);
  });
}

const bed = join(import.meta.dirname, "../bed");

async function withFiles(packages: readonly string[], act: (root: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "programs-"));
  try {
    const options = ["-o", "APT::Sandbox::User=root", "--quiet"];
    await call("apt-get", [...options, "download", ...packages], { cwd: folder });
    for (const file of await readdir(folder)) {
      const at = join(folder, file);
      await call("dpkg-deb", ["--extract", at, join(folder, "root")]);
    }
    await act(join(folder, "root"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
