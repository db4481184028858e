import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { requireTargets } = await import("../../../../helpers/run/attach/attach-sandbox.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const web = parseSandboxName("web1");
const root = join(top, "var/lib/sandboxcontainer/web1/root");
const shared = join(top, "shared");
const mounts = [
  { source: "/mounted/root", target: "/" },
  { source: "/mounted/usr", target: "/usr" },
  { source: "/mounted/run", target: "/run" },
  { source: shared, target: "/data/www" },
  { source: "/mounted/cache", target: "/data/www/cache" },
];
const refused = (message: RegExp, hint: RegExp): void => {
  assert.throws(
    () => {
      requireTargets(web, mounts);
    },
    { name: "SandboxError", message, hint },
  );
};

beforeEach(() => {
  for (const folder of [root, shared]) rmSync(folder, { recursive: true, force: true });
  for (const folder of [join(root, "usr/libexec"), join(root, "proc"), shared]) mkdirSync(folder, { recursive: true });
});

test("folders are mounted on, and what is missing will be made", () => {
  requireTargets(web, mounts);
  mkdirSync(join(root, "data/www/cache"), { recursive: true });
  mkdirSync(join(shared, "cache"));
  requireTargets(web, mounts);
});

test("nothing is mounted through a link of root inside, or on a file", () => {
  mkdirSync(join(root, "data"));
  symlinkSync("/usr/libexec", join(root, "data/www"));
  refused(
    /^nothing is mounted on \/data\/www in web1: \/data\/www inside is a link to "\/usr\/libexec"$/,
    new RegExp(`^Remove ${root}/data/www, or name another folder in Mount=$`),
  );
  rmSync(join(root, "data"), { recursive: true });
  symlinkSync("usr", join(root, "data"));
  refused(/: \/data inside is a link to "usr"$/, /^Remove /);
  rmSync(join(root, "data"));
  writeFileSync(join(root, "data"), "");
  refused(/: \/data inside is not a folder$/, /^Remove /);
});

test("a mount in a folder of the host is looked up there", () => {
  // What is hidden below that folder leads nowhere.
  mkdirSync(join(root, "data/www"), { recursive: true });
  symlinkSync("/usr", join(root, "data/www/cache"));
  requireTargets(web, mounts);
  symlinkSync("/usr", join(shared, "cache"));
  refused(/^nothing is mounted on \/data\/www\/cache in web1: \/data\/www\/cache inside is a link/, /^Remove it, or/);
});

test("what cannot be looked at does not count as missing", () => {
  rmSync(shared, { recursive: true });
  assert.throws(() => {
    requireTargets(web, mounts);
  }, /ENOENT/);
  symlinkSync(top, shared);
  assert.throws(() => {
    requireTargets(web, mounts);
  }, /ENOTDIR|ELOOP/);
  rmSync(shared);
});

for (const folder of ["usr", "run", "proc", "dev"])
  test(`/${folder} inside is a folder, or nothing starts`, () => {
    rmSync(join(root, folder), { recursive: true, force: true });
    symlinkSync("data/www", join(root, folder));
    refused(new RegExp(`^nothing is mounted on /${folder} in web1: /${folder} inside is a link`), /^Remove /);
  });
