import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { installPackage } from "../demo-package.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { make } = useSandboxes(bed);
const units = "/usr/lib/systemd/system";

before(async () => {
  await installPackage(
    bed,
    "helpful",
    "1",
    {
      [`${units}/helpful.service`]:
        "[Service]\nExecStart=/bin/sh -c 'test -s /etc/helpful/password && exec sleep 1h'\n",
    },
    "mkdir -p /etc/helpful; (umask 077; echo secret >/etc/helpful/password)",
  );
  await installPackage(bed, "needy", "1", {
    [`${units}/needy.target`]: "[Unit]\nRequires=helpful.service\nAfter=helpful.service\n",
    [`${units}/needy.service`]:
      "[Unit]\nRequires=needy.target\nAfter=needy.target\n[Service]\nExecStart=/usr/bin/sleep infinity\n",
  });
  await bed.run("systemctl", "daemon-reload");
});

after(() => bed.try("dpkg", "--purge", "needy", "helpful"));

test("a unit of another package that the service needs finds its configuration, which only its owner may read", async (t) => {
  await make(t, "needy1", "--unit", "needy.service", "--start");
  const running = await bed.run("sandboxcontainer", "execute", "needy1", "--", "systemctl", "is-active", "helpful");
  assert.equal(running, "active");
  assert.match(await bed.run("sandboxcontainer", "why", "needy1", "/etc/helpful/password"), /helpful/);
});

test("a unit that the service needs brings what a generator of the host made it want", async (t) => {
  const generator = "/usr/lib/systemd/system-generators/grouped";
  const wants = '"$1/group.service.wants"';
  await installPackage(bed, "grouped", "1", {
    [`${units}/group.service`]: "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/true\n",
    [`${units}/group@.service`]: "[Unit]\nBefore=group.service\n[Service]\nExecStart=/usr/bin/sleep infinity\n",
    [generator]: `#!/bin/sh\nmkdir -p ${wants}\nln -s ${units}/group@.service ${wants}/group@main.service\n`,
    [`${units}/member.service`]:
      "[Unit]\nWants=group.service\nAfter=group.service\n[Service]\nExecStart=/usr/bin/sleep infinity\n",
  });
  t.after(() => bed.try("dpkg", "--purge", "grouped"));
  await bed.run("chmod", "+x", generator);
  await bed.run("systemctl", "daemon-reload");
  await make(t, "needy2", "--unit", "member.service", "--start");
  const running = await bed.run("sandboxcontainer", "execute", "needy2", "--", "systemctl", "is-active", "group@main");
  assert.equal(running, "active");
});

// A cluster that was made or renamed inside never started.
test("what a generator of the service makes of the configuration inside runs, and ends the sandbox if it fails", async (t) => {
  const generator = "/usr/lib/systemd/system-generators/herd-generator";
  const wants = '"$1/herd.service.wants"';
  const each = `for f in /etc/herd/*.conf; do n=\${f##*/}; ln -s ${units}/herd@.service ${wants}/herd@\${n%.conf}.service; done`;
  await installPackage(bed, "herd", "1", {
    [`${units}/herd.service`]: "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/true\n",
    [`${units}/herd@.service`]:
      "[Unit]\nBefore=herd.service\nPartOf=herd.service\n[Service]\nExecStartPre=test -s /etc/herd/%i.conf\nExecStart=/usr/bin/sleep infinity\nRestart=always\n",
    [generator]: `#!/bin/sh\nmkdir -p ${wants}\n${each}\n`,
    "/etc/herd/main.conf": "a\n",
  });
  t.after(() => bed.try("dpkg", "--purge", "herd"));
  await bed.run("chmod", "+x", generator);
  await bed.run("systemctl", "daemon-reload");
  await make(t, "needy3", "--unit", "herd.service", "--start");
  const inside = (...words: readonly string[]) => bed.try("sandboxcontainer", "execute", "needy3", "--", ...words);
  const running = async (): Promise<string> =>
    (await inside("sh", "-c", "systemctl list-units --plain --no-legend --state=active 'herd@*' | cut -d' ' -f1"))
      .stdout;
  assert.equal(await running(), "herd@main.service\n");
  assert.equal((await inside("sh", "-c", "cd /etc/herd; mv main.conf other.conf; echo b >second.conf")).status, 0);
  await bed.run("systemctl", "restart", "sandbox@needy3");
  assert.equal(await running(), "herd@other.service\nherd@second.service\n");
  assert.equal((await inside("sh", "-c", ": >/etc/herd/second.conf")).status, 0);
  const { status, stderr } = await bed.try("sandboxcontainer", "restart", "needy3");
  assert.equal(status, 1);
  assert.match(stderr, /herd@second/);
});

// A list manager calls a program of the mail server, which wants its configuration.
test("a program of another package that wants its configuration is named, with the setting that brings it", async (t) => {
  t.after(() => bed.try("dpkg", "--purge", "caller", "called"));
  await installPackage(bed, "called", "1", {
    "/usr/bin/called": "#!/bin/sh\ncat /etc/called.cf\n",
    "/etc/called.cf": "a\n",
  });
  await installPackage(bed, "caller", "1", {
    [`${units}/caller.service`]:
      "[Service]\nExecStartPre=sh -c 'sh /usr/bin/called || { echo command failure: /usr/bin/called, 1; exit 1; }'\nExecStart=sleep 1h\n",
  });
  await bed.run("systemctl", "daemon-reload");
  await make(t, "needy4", "--unit", "caller.service");
  const started = await bed.try("sandboxcontainer", "start", "needy4");
  assert.equal(started.status, 1);
  assert.match(started.stderr, /belongs to package called, whose .* sandboxcontainer set needy4 Package\+=called/);
  await bed.run("sandboxcontainer", "set", "needy4", "Package+=called");
  await bed.run("sandboxcontainer", "start", "needy4");
});
