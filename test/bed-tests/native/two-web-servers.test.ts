import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native");
const names = ["web1", "web2"];
const portOf = (name: string): number => 8080 + Number(name.slice(-1));
const fetchPage = (name: string): Promise<string> =>
  bed.run("curl", "-sS", "--max-time", "10", `http://127.0.0.1:${portOf(name)}/`);
const inside = (name: string, ...command: readonly string[]) =>
  bed.try("sandboxcontainer", "execute", name, "--", ...command);
const property = (name: string, key: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", `--property=${key}`, `sandbox@${name}`);

/** Starts web servers with pages of their own. */
async function start(...servers: readonly string[]): Promise<void> {
  for (const name of servers) {
    await bed.run("sandboxcontainer", "create", name, "--unit", "apache2.service", "--publish", `${portOf(name)}:80`);
  }
  await bed.run("systemctl", "start", ...servers.map((name) => `sandbox@${name}`));
  for (const name of servers) {
    const put = ["sandboxcontainer", "execute", name, "--", "sh", "-c", "cat > /var/www/html/index.html"];
    assert.equal((await bed.feed(`page of ${name}\n`, ...put)).status, 0);
  }
}

/** Starts web servers that go with the test. */
async function startFor(context: TestContext, ...servers: readonly string[]): Promise<void> {
  deleteAfter(context, bed, ...servers);
  await start(...servers);
}

// Tests only read these, or write to files of their own. One that stops a sandbox has its own.
before(() => start(...names));

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
});

test("nothing refuses users, and mail has its folder as on the host", async () => {
  assert.equal((await inside("web1", "test", "-e", "/run/nologin")).status, 1);
  const look = ["stat", "--format=%N %a %U:%G", "/var/mail", "/var/spool/mail"];
  assert.equal((await inside("web1", ...look)).stdout, `${await bed.run(...look)}\n`);
});

test("both answer at once with pages of their own, over IPv4 and IPv6", async () => {
  assert.deepEqual(await Promise.all(names.map(fetchPage)), ["page of web1", "page of web2"]);
  assert.equal(await bed.run("curl", "-sS", "http://[::1]:8082/"), "page of web2");
});

test("the journal of the instance unit has what the service says, without escape sequences", async () => {
  await inside("web1", "sh", "-c", "printf '\\033[31mred\\033[0m said by the service\\n' > /dev/console");
  const journal = await eventually(async () => {
    const text = await bed.run("journalctl", "--no-pager", "-o", "cat", "-u", "sandbox@web1");
    assert.match(text, /said by the service/);
    return text;
  });
  assert.match(journal, /^red said by the service$/m);
  assert.match(journal, /^apachectl\[\d+\]: AH00558/m);
});

test("no password of the host is known inside, and nothing of its homes is there", async () => {
  const hashes = (await bed.run("cat", "/etc/shadow")).match(/\$[^:]+/g) ?? [];
  const shadow = await inside("web1", "cat", "/etc/shadow");
  assert.equal(shadow.status, 0);
  for (const line of shadow.stdout.trim().split("\n")) assert.match(line, /^[^:]+:!?\*:/);
  for (const hash of hashes) assert.ok(!shadow.stdout.includes(hash));
  await bed.run("touch", "/root/of-the-host", "/home/of-the-host", "/boot/of-the-host");
  const listing = await inside("web1", "ls", "-A", "/home", "/root", "/boot");
  await bed.run("rm", "/root/of-the-host", "/home/of-the-host", "/boot/of-the-host");
  assert.doesNotMatch(listing.stdout, /of-the-host|vmlinuz/);
});

test("/usr cannot be written inside, nor mounted writable", async () => {
  assert.match((await inside("web1", "touch", "/usr/x")).stderr, /Read-only file system/);
  assert.notEqual((await inside("web1", "mount", "-o", "remount,rw", "/usr")).status, 0);
  assert.notEqual((await inside("web1", "mount", "-o", "remount,bind,rw", "/usr")).status, 0);
});

test("every process inside has an id of the sandbox's own range on the host", async () => {
  const ranges = await Promise.all(
    names.map(async (name) => {
      const shown = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as {
        hostIds: string;
        initPid: number;
      };
      const [first = 0, last = 0] = shown.hostIds.split("-").map(Number);
      const namespace = await bed.run("readlink", `/proc/${shown.initPid}/ns/pid`);
      const uids = await bed.run(
        "sh",
        "-c",
        `for p in /proc/[0-9]*; do [ "$(readlink $p/ns/pid)" = '${namespace}' ] && awk '/^(Uid|Gid):/ { print $2, $3, $4, $5 }' $p/status; done; true`,
      );
      const ids = uids.split(/\s+/).map(Number);
      assert.ok(ids.length > 8, "systemd, journald and apache2 run");
      for (const id of ids) assert.ok(id >= first && id <= last, `${id} is in ${shown.hostIds}`);
      return [first, last] as const;
    }),
  );
  const [low = [0, 0], high = [0, 0]] = ranges.sort(([one], [other]) => one - other);
  assert.ok(low[1] < high[0], "the ranges do not overlap");
  assert.equal(low[1] - low[0], 65535);
});

test("each has an identity of its own and its name as host name", async () => {
  const ids = await Promise.all(names.map(async (name) => (await inside(name, "cat", "/etc/machine-id")).stdout));
  assert.equal(new Set([...ids, await bed.run("cat", "/etc/machine-id")]).size, 3);
  assert.equal((await inside("web1", "uname", "-n")).stdout, "web1\n");
});

test("no Node process stays", async () => {
  assert.equal((await bed.try("pgrep", "-x", "node")).stdout, "");
});

// Lists the mounts of attach, and those that launch adds.
const listMounts = (name: string): Promise<string> =>
  bed.run("sh", "-c", `awk '{ print $5 }' /proc/self/mountinfo | grep -E '/sandboxcontainer/${name}(/|$)'; true`);

// F11: this test looked at a path that had moved, and could not fail.
test("when the service inside dies, the unit fails the way it died, and nothing of it stays mounted", async (context) => {
  await startFor(context, "web3");
  assert.equal(await listMounts("web3"), "");
  await inside("web3", "pkill", "-KILL", "-x", "apache2");
  await eventually(async () => {
    assert.equal(await property("web3", "ActiveState"), "failed");
  });
  assert.equal(await property("web3", "Result"), "signal");
  assert.equal(await listMounts("web3"), "");
  const folders = ["/run/sandboxcontainer", "/run/host/sandboxcontainer"].map((each) => `${each}/web3`);
  assert.equal((await bed.try("ls", "-d", ...folders)).stdout, "");
});

test("when the service ends by itself in peace, the sandbox ends with it; when a person inside restarts it, not", async (context) => {
  await startFor(context, "web4");
  assert.equal((await inside("web4", "systemctl", "restart", "apache2")).status, 0);
  assert.equal((await inside("web4", "systemctl", "stop", "apache2")).status, 0);
  assert.equal((await inside("web4", "systemctl", "start", "apache2")).status, 0);
  assert.equal(await property("web4", "ActiveState"), "active");
  assert.equal(await fetchPage("web4"), "page of web4");
  await inside("web4", "sh", "-c", "kill -TERM $(cat /run/apache2/apache2.pid)");
  await eventually(async () => {
    assert.equal(await property("web4", "ActiveState"), "inactive");
  });
  assert.equal(await property("web4", "Result"), "success");
});

test("Restart=on-failure in the conf brings it back, be it the service or the controller that died", async (context) => {
  await startFor(context, "web5");
  await bed.run(
    "sh",
    "-c",
    "printf '\\n[Service]\\nRestart=on-failure\\nRestartSec=100ms\\n' >> /etc/sandboxcontainer/web5.conf",
  );
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "restart", "sandbox@web5");
  const kills: readonly (() => Promise<unknown>)[] = [
    () => inside("web5", "pkill", "-KILL", "-x", "apache2"),
    () => bed.run("sh", "-c", "kill -KILL $(cat /run/libvirt/lxc/web5.pid)"),
  ];
  for (const [index, kill] of kills.entries()) {
    await kill();
    await eventually(async () => {
      assert.equal(await property("web5", "NRestarts"), String(index + 1));
      assert.equal(await fetchPage("web5"), "page of web5");
    });
  }
});

test("stop and delete leave nothing of the name behind", async (context) => {
  await startFor(context, "web6", "web7");
  for (const name of ["web6", "web7"]) {
    await bed.run("systemctl", "stop", `sandbox@${name}`);
    assert.equal(await property(name, "Result"), "success");
    await bed.run("sandboxcontainer", "delete", "--force", name);
  }
  // systemd (257) never removes a file log-extra-fields:UNIT, of whatever unit, before the next boot.
  const leftovers = await bed.run(
    "sh",
    "-c",
    `find /etc /run /var /sys/fs/cgroup -xdev -name '*web[67]*' -not -path '/var/log/journal/*' -not -name 'log-extra-fields:*' 2>/dev/null
     find /sys/fs/cgroup -name '*web[67]*' -type d
     grep -E 'web[67]' /proc/self/mounts
     virsh -c lxc:///system list --all --name | grep -E 'web[67]'
     systemctl list-units --all --no-legend | grep -E 'web[67]'
     systemctl list-unit-files --no-legend | grep -E 'web[67]'; true`,
  );
  assert.equal(leftovers, "");
});

// This comes last: after it, the sandboxes that the other tests read no longer run.
test("enabled sandboxes come back after a reboot, with their data", async (context) => {
  await startFor(context, "web8", "web9");
  await bed.run("systemctl", "enable", "sandbox@web8");
  await bed.run("sandboxcontainer", "enable", "web9");
  await bed.reboot();
  await eventually(async () => {
    assert.deepEqual(await Promise.all([fetchPage("web8"), fetchPage("web9")]), ["page of web8", "page of web9"]);
  });
  await bed.run("sandboxcontainer", "disable", "web8", "web9");
  assert.equal((await bed.try("systemctl", "is-enabled", "sandbox@web8")).stdout, "disabled\n");
});
