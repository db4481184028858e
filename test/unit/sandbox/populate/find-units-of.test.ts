import assert from "node:assert/strict";
import test from "node:test";
import { readPrograms, selectUnits } from "../../../../helpers/sandbox/populate/find-units-of.ts";
import { openFixtureDatabase } from "../../host/packages/fixture-database.ts";
import { fakeHost, file, link } from "../manifest/fake-host.ts";

const database = openFixtureDatabase();
const unit = (name: string, program: string): [string, ReturnType<typeof file>] => [
  `/usr/lib/systemd/system/${name}`,
  file(`[Service]\nExecStart=${program}\n`),
];
const host = fakeHost({
  "/usr/sbin/apache2": file("ELF"),
  "/usr/sbin/apache2ctl": file("#!/bin/sh\nHTTPD=${APACHE_HTTPD:-/usr/sbin/apache2}\n"),
  "/usr/sbin/apachectl": link("apache2ctl"),
  "/usr/bin/htcacheclean": file("ELF"),
  "/usr/sbin/nginx": file("ELF"),
  "/usr/sbin/sshd": file("ELF"),
  "/etc/alternatives/httpd": link("/usr/sbin/nginx"),
  "/usr/sbin/httpd": link("/etc/alternatives/httpd"),
  ...Object.fromEntries([
    unit("apache2.service", "/usr/sbin/apachectl start"),
    unit("apache2@.service", "/usr/sbin/apachectl start"),
    unit("apache-htcacheclean.service", "/usr/bin/htcacheclean -d 60"),
    unit("nginx.service", "/usr/sbin/nginx -g 'daemon on;'"),
    unit("ssh.service", "/usr/bin/ssh-agent"),
    unit("sshd@.service", "-/usr/sbin/sshd -i"),
  ]),
});

const find = (executable: string, owned = executable): readonly string[] =>
  selectUnits(executable, database.findOwners(owned), database, host);

test("a unit that runs the executable is found in a sibling package", () => {
  assert.deepEqual(find("/usr/sbin/nginx"), ["nginx.service"]);
});

test("a unit that runs a script which names the executable is found", () => {
  assert.deepEqual(find("/usr/sbin/apache2"), ["apache2.service"]);
});

test("an executable is known by its links too", () => {
  assert.deepEqual(find("/usr/sbin/httpd", "/usr/sbin/nginx"), ["nginx.service"]);
  assert.deepEqual(find("/sbin/nginx", "/usr/sbin/nginx"), []);
});

test("templates are named only when nothing else runs the executable", () => {
  assert.deepEqual(find("/usr/sbin/sshd"), ["sshd@.service"]);
});

test("an executable that no unit runs has none", () => {
  assert.deepEqual(find("/usr/bin/ab"), []);
});

test("programs lose quotes and the characters before them, and a continued line counts as one", () => {
  assert.deepEqual(
    readPrograms(
      'ExecStart=-!"/usr/bin/a b" -x\nExecStart=\\\n  /usr/bin/c d\nExecStartPre=/usr/bin/no\nExecStart=e f\n',
    ),
    ["/usr/bin/a b", "/usr/bin/c", "/usr/bin/e"],
  );
});
