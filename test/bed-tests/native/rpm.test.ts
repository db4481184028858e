import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { installRpms } from "../demo-package.ts";

const bed = useBed("native");
const treeOf = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;
const read = (name: string, path: string): Promise<string> => bed.run("cat", `${treeOf(name)}${path}`);

// One package has a service with configuration and data. It needs a library with a scriptlet, by a name that the
// library provides.
const spec = (version: string, setting: string): string => `
Name: reddemo
Version: ${version}
Release: 1
Summary: a test
License: none
BuildArch: noarch
Requires: reddemo-api
%description
a test
%package libs
Summary: a test
Provides: reddemo-api = %{version}
%description libs
a test
%install
mkdir -p %{buildroot}/usr/lib/systemd/system %{buildroot}/etc/reddemo %{buildroot}/etc/reddemo-libs.d %{buildroot}/var/lib/reddemo
printf '[Service]\\nExecStart=/usr/bin/sleep infinity\\n' >%{buildroot}/usr/lib/systemd/system/reddemo.service
printf 'first\\nsetting=${setting}\\nlast\\n' >%{buildroot}/etc/reddemo/main.conf
printf 'one\\ntwo=${setting}\\nthree\\n' >%{buildroot}/etc/reddemo/untouched.conf
printf 'lib=${setting}\\n' >%{buildroot}/etc/reddemo-libs.d/lib.conf
%post libs
mkdir -p /var/lib/reddemo-libs && echo ${version} >/var/lib/reddemo-libs/scriptlet-ran
%files
/usr/lib/systemd/system/reddemo.service
%dir /etc/reddemo
%config(noreplace) /etc/reddemo/main.conf
%config(noreplace) /etc/reddemo/untouched.conf
%dir %attr(0750,root,root) /var/lib/reddemo
%files libs
%dir /etc/reddemo-libs.d
%config(noreplace) /etc/reddemo-libs.d/lib.conf
`;

before(async () => {
  await installRpms(bed, "reddemo", spec("1", "a"));
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "create", "red", "--unit", "reddemo.service", "--start");
});

after(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "red");
  await bed.try("rpm", "--erase", "--nodeps", "reddemo", "reddemo-libs");
  await bed.try("rm", "-rf", "/var/lib/reddemo-libs");
});

test("a service of an rpm runs on a host that has dpkg as well, with what both say belongs to it", async () => {
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@red"), "active");
  assert.match(await read("red", "/etc/reddemo/main.conf"), /setting=a/);
  assert.equal(await read("red", "/etc/reddemo-libs.d/lib.conf"), "lib=a");
  assert.equal(await bed.run("stat", "-c", "%a", `${treeOf("red")}/var/lib/reddemo`), "750");
  assert.equal((await bed.try("ls", `${treeOf("red")}/etc/pam.d/common-auth`)).status, 0);
  assert.match(
    await bed.run("sandboxcontainer", "why", "red", "/etc/reddemo-libs.d/lib.conf"),
    /package reddemo-libs lists/,
  );
});

test("of each path the database is asked that knows it", async () => {
  assert.match(
    await bed.run("sandboxcontainer", "why", "red", "/usr/lib/systemd/system/reddemo.service"),
    /package reddemo owns/,
  );
  assert.match(
    await bed.run("sandboxcontainer", "why", "red", "/etc/apache2/apache2.conf"),
    /package apache2 owns it, but red does not have that package/,
  );
  const shown = await bed.run(
    "sandboxcontainer",
    "create",
    "both",
    "--unit",
    "apache2",
    "--package",
    "reddemo",
    "--dry-run",
  );
  assert.match(shown, /\/etc\/apache2\/apache2\.conf +package apache2 lists it/);
  assert.match(shown, /\/etc\/reddemo-libs\.d\/lib\.conf +package reddemo-libs lists it/);
});

test("an upgraded rpm is followed, and a conflict is put beside as rpm does", async (context) => {
  deleteAfter(context, bed, "follows");
  await bed.run("sandboxcontainer", "create", "follows", "--unit", "reddemo.service", "--start");
  const change = "sed -i s/setting=a/setting=mine/ /etc/reddemo/main.conf; echo precious >/var/lib/reddemo/data";
  await bed.run("sandboxcontainer", "execute", "follows", "--", "sh", "-c", change);
  await installRpms(bed, "reddemo", spec("2", "b"));
  const upgraded = await bed.try("sandboxcontainer", "upgrade", "follows", "--restart", "--json");
  assert.equal(upgraded.status, 3);
  const [{ packages, changes } = { packages: [], changes: [] }] = JSON.parse(upgraded.stdout) as readonly {
    packages: readonly unknown[];
    changes: readonly { change: string; path: string }[];
  }[];
  assert.deepEqual(packages, [
    { name: "reddemo", from: "1-1", to: "2-1" },
    { name: "reddemo-libs", from: "1-1", to: "2-1" },
  ]);
  assert.deepEqual(
    changes.map(({ change, path }) => `${change} ${path}`),
    ["updated /etc/reddemo-libs.d/lib.conf", "conflict /etc/reddemo/main.conf", "updated /etc/reddemo/untouched.conf"],
  );
  assert.equal(await read("follows", "/etc/reddemo/main.conf"), "first\nsetting=mine\nlast");
  assert.equal(await read("follows", "/etc/reddemo/main.conf.rpmnew"), "first\nsetting=b\nlast");
  assert.equal(await read("follows", "/etc/reddemo/untouched.conf"), "one\ntwo=b\nthree");
  assert.equal(await read("follows", "/var/lib/reddemo/data"), "precious");
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@follows"), "active");
});

test("without any package database a sandbox is refused with what is missing", async () => {
  const { status, stderr } = await bed.try(
    "unshare",
    "--mount",
    "sh",
    "-c",
    `mkdir -p /run/empty; mount --bind /run/empty /var/lib/dpkg; mount --bind /run/empty /var/lib/rpm; sandboxcontainer why red /etc/nothing`,
  );
  assert.equal(status, 1);
  assert.match(
    stderr,
    /no package database that we can read: \/usr\/bin\/dpkg-query with \/var\/lib\/dpkg\/status, or/,
  );
});
