import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Ran, useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { make } = useSandboxes(bed);

interface Finding {
  readonly check: string;
  readonly verdict: string;
  readonly message: string;
  readonly fix?: string;
}
const examine = async (): Promise<ReadonlyMap<string, Finding>> => {
  const findings = JSON.parse((await command("doctor", "--json")).stdout) as readonly Finding[];
  return new Map(findings.map((finding) => [finding.check, finding]));
};
const write = (path: string, text: string): Promise<Ran> => bed.feed(text, "sh", "-c", `cat > ${path}`);

before(async () => {
  await bed.run("systemctl", "daemon-reload");
});

test("a host that runs sandboxes has nothing that would stop a start, and leaves nothing behind", async () => {
  const mounts = await bed.run("cat", "/proc/self/mounts");
  const ran = await command("doctor");
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /^ok +systemd +\d+$/m);
  assert.match(ran.stdout, /^ok +libvirt +\d.*LXC/m);
  assert.match(ran.stdout, /^ok +idmapped mounts/m);
  assert.match(ran.stdout, /^warning +SELinux +neither it nor AppArmor is enabled.*\n +-> Boot with/m);
  assert.equal(await bed.run("cat", "/proc/self/mounts"), mounts);
  assert.equal(await bed.run("sh", "-c", "ls -A /run/sandboxcontainer | grep doctor; true"), "");
});

test("a conf that systemd does not know, and one with an error, are told with the command to type", async (t) => {
  const conf = "/etc/sandboxcontainer/sick.conf";
  t.after(() => bed.try("sh", "-c", `rm -f ${conf}; systemctl daemon-reload`));
  await write(conf, "[Sandbox]\nExec=/usr/bin/sleep 1\n");
  const stale = (await examine()).get("generator");
  assert.deepEqual([stale?.verdict, stale?.fix], ["warning", "systemctl daemon-reload"]);
  assert.match(stale?.message ?? "", /sick/);
  await bed.run("systemctl", "daemon-reload");
  assert.equal((await examine()).get("generator")?.verdict, "ok");
  await write(conf, "[Sandbox]\nExec=/usr/bin/sleep 1\nPakage=x\n");
  const ran = await command("doctor");
  assert.equal(ran.status, 1);
  assert.match(ran.stdout, /^failed +confs +\/etc\/sandboxcontainer\/sick\.conf:3: .*Pakage/m);
  assert.match(ran.stderr, /these checks failed: confs/);
});

test("a kernel limit and a driver that are missing are told", async () => {
  const before = await bed.run("cat", "/proc/sys/fs/aio-max-nr");
  assert.equal((await examine()).get("kernel limits")?.verdict, Number(before) < 1_048_576 ? "warning" : "ok");
  const driver = "/usr/lib/*/libvirt/connection-driver/libvirt_driver_lxc.so";
  await bed.run(
    "sh",
    "-c",
    `for f in ${driver}; do mv $f $f.away; done; systemctl stop libvirtd.service libvirtd.socket; systemctl start libvirtd.socket`,
  );
  try {
    const libvirt = (await examine()).get("libvirt");
    assert.deepEqual([libvirt?.verdict, libvirt?.message], ["failed", "its LXC driver is not installed"]);
  } finally {
    await bed.run(
      "sh",
      "-c",
      `for f in ${driver}.away; do mv $f \${f%.away}; done; systemctl stop libvirtd.service libvirtd.socket; systemctl start libvirtd.socket`,
    );
  }
  assert.equal((await examine()).get("libvirt")?.verdict, "ok");
});

test("doctor and audit want root, and audit a sandbox and SELinux", async (t) => {
  const asUser = ["setpriv", "--reuid", "65534", "--clear-groups", "sandboxcontainer"];
  await make(t, "denied", "--", "/usr/bin/sleep", "1");
  for (const [ran, status, text] of [
    [await bed.try(...asUser, "doctor"), 1, /root.*sudo/],
    [await bed.try(...asUser, "audit", "denied"), 1, /root.*sudo/],
    [await command("audit", "deneid"), 1, /no sandbox deneid\. Did you mean `denied`\?/],
    [await command("audit", "--since", "soon", "denied"), 2, /`soon` is not a time\. Write today/],
    [await command("audit", "denied"), 1, /neither SELinux nor AppArmor is enabled in the running kernel/],
  ] as const) {
    assert.equal(ran.status, status, ran.stderr);
    assert.match(ran.stderr, text);
    assert.equal(ran.stderr.trim().split("\n").length, 1, ran.stderr);
  }
  assert.match(
    (await command("list")).stdout,
    /NAME .* DENIED +NOTES +RUNS\n(.*\n)*denied .* - +\S+ +\/usr\/bin\/sleep/,
  );
});
