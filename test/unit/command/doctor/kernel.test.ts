import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkCgroup,
  checkIdmappedMounts,
  checkLimits,
  checkLinux,
  checkUserNamespaces,
} from "../../../../helpers/command/doctor/kernel.ts";
import { fakeHost } from "./fake-host.ts";

test("an older Linux is enough only without SELinux", async () => {
  const look = async (release: string, more = {}) =>
    (await checkLinux(fakeHost({ files: { "/proc/sys/kernel/osrelease": `${release}\n`, ...more } }))).verdict;
  const selinux = { "/sys/fs/selinux/enforce": "1" };
  assert.equal(await look("6.12.48+deb13-amd64", selinux), "ok");
  assert.equal(await look("6.8.0-31-generic", selinux), "ok");
  assert.equal(await look("7.0", selinux), "ok");
  assert.equal(await look("6.4.0", selinux), "failed");
  assert.equal(await look("5.14.0"), "ok");
});

test("cgroup version 1 costs the limits", async () => {
  assert.equal((await checkCgroup(fakeHost({ files: { "/sys/fs/cgroup/cgroup.controllers": "cpu" } }))).verdict, "ok");
  assert.equal((await checkCgroup(fakeHost({}))).verdict, "warning");
});

test("user namespaces have to be there, and not be forbidden", async () => {
  const look = async (most: string | undefined, kernel = "") =>
    (
      await checkUserNamespaces(
        fakeHost({ files: { "/proc/self/ns/user": kernel, "/proc/sys/user/max_user_namespaces": most } }),
      )
    ).verdict;
  assert.equal(await look("15000"), "ok");
  assert.equal(await look("0"), "failed");
  assert.equal((await checkUserNamespaces(fakeHost({}))).verdict, "failed");
});

test("idmapped mounts are tried where the roots are", async () => {
  const look = async (owner: string | undefined, files = {}) => {
    const folders: string[] = [];
    const finding = await checkIdmappedMounts({
      ...fakeHost({ files, commands: { "stat --file-system --format=%T /var/lib": "nfs\n" } }),
      run: (command, ...args) => {
        folders.push(args.at(-1) ?? "");
        return Promise.resolve(command === "sh" ? owner : "nfs\n");
      },
    });
    return { ...finding, folder: folders[0] };
  };
  const works = await look("524288\n", { "/var/lib/sandboxcontainer": "" });
  assert.deepEqual([works.verdict, works.folder], ["ok", "/var/lib/sandboxcontainer"]);
  assert.equal((await look("524288\n")).folder, "/var/lib");
  const refused = await look(undefined);
  assert.deepEqual([refused.verdict, refused.message.includes("/var/lib (nfs)")], ["failed", true]);
  assert.equal((await look("0\n")).verdict, "failed");
});

test("idmapped mounts are also tried where a sandbox has other file systems", async () => {
  const finding = await checkIdmappedMounts({
    ...fakeHost({ sandboxes: { mapped: ["/srv/disk", "/srv/share"] } }),
    run: (command, ...args) =>
      Promise.resolve(command !== "sh" ? "nfs\n" : args.at(-1) === "/srv/share" ? undefined : "524288\n"),
  });
  assert.equal(finding.verdict, "failed");
  assert.match(`${finding.message} ${finding.fix ?? ""}`, /of \/srv\/share \(nfs\) Put \/srv\/share on/);
});

test("low limits are told with the command that raises them", async () => {
  const files = {
    "/proc/sys/fs/aio-max-nr": "65536",
    "/proc/sys/fs/inotify/max_user_instances": "128",
    "/proc/sys/fs/inotify/max_user_watches": "1000000",
  };
  assert.deepEqual(await checkLimits(fakeHost({ files })), {
    check: "kernel limits",
    verdict: "warning",
    message: "too low for many sandboxes, which share them: fs.aio-max-nr, fs.inotify.max_user_instances",
    fix: "sysctl -w fs.aio-max-nr=1048576 fs.inotify.max_user_instances=1024",
  });
  const high = Object.fromEntries(Object.keys(files).map((path) => [path, "2000000"]));
  assert.equal((await checkLimits(fakeHost({ files: high }))).verdict, "ok");
});
