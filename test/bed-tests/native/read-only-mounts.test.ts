import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const { make } = useSandboxes(bed);
const top = "/srv/read-only";
const sleep = ["--", "/usr/bin/sleep", "infinity"];

async function makeHost(t: TestContext, script: string): Promise<void> {
  t.after(() => bed.try("rm", "-rf", top));
  await bed.run("sh", "-c", `mkdir -p ${top} && cd ${top} && ${script}`);
}

for (const kind of [sleep, ["--unit", "apache2.service"]]) {
  const [name, what] = kind === sleep ? ["rolook", "a command"] : ["rounit", "units"];
  test(`folders and files of the host are shown read-only to a sandbox of ${what}, and stay so`, async (t) => {
    await makeHost(t, "mkdir www; echo mine > www/file; echo hello > motd; chown 33:33 motd");
    const mounts = [`host-bind,ro:/srv/www=${top}/www`, `host-bind,ro:/etc/motd=${top}/motd`];
    const words = [...mounts.flatMap((mount) => ["-m", mount]), "--start", ...kind];
    await make(t, name, ...words);
    assert.equal((await inside(name, "cat /srv/www/file /etc/motd; stat -c %u /etc/motd")).stdout, "mine\nhello\n33\n");
    for (const script of [
      "echo x > /srv/www/file",
      "touch /srv/www/new",
      "echo x > /etc/motd",
      "chmod 4755 /srv/www/file",
      "rm /etc/motd",
      "mount -o remount,bind,rw /srv/www",
    ])
      assert.notEqual((await inside(name, script)).status, 0, script);
    // Nothing can be left there, so nothing is mounted on the host.
    const left = `grep -c ' ${top}' /proc/self/mountinfo; cat ${top}/www/file ${top}/motd`;
    assert.equal(await bed.run("sh", "-c", left), "0\nmine\nhello");
    for (let round = 0; round < 2; round++) {
      await bed.run("systemctl", "restart", `sandbox@${name}`);
      assert.equal((await inside(name, "cat /etc/motd")).stdout, "hello\n");
    }
    await bed.run("systemctl", "stop", `sandbox@${name}`);
    assert.equal(
      await bed.run(
        "sh",
        "-c",
        `ls -d /run/sandboxcontainer/${name} /run/host/sandboxcontainer/${name} 2>/dev/null; true`,
      ),
      "",
    );
  });
}

test("a socket of the host in a folder of /run can be connected to, and neither removed nor replaced", async (t) => {
  await bed.run("mkdir", "-p", "/run/echo-of-host");
  t.after(() => bed.try("sh", "-c", "systemctl stop echo-of-host; rm -rf /run/echo-of-host"));
  const serve = `import socket,os
s=socket.socket(socket.AF_UNIX); s.bind('/run/echo-of-host/s'); os.chmod('/run/echo-of-host/s',0o666); s.listen()
while True: c,_=s.accept(); c.sendall(b'hello from the host'); c.close()`;
  await bed.run("systemd-run", "--quiet", "--unit=echo-of-host", "python3", "-c", serve);
  await eventually(() => bed.run("test", "-S", "/run/echo-of-host/s"));
  await make(t, "talker", "-m", "host-bind,ro:/run/echo=/run/echo-of-host", "--start", ...sleep);
  const ask = `import socket
s=socket.socket(socket.AF_UNIX); s.connect('/run/echo/s'); print(s.recv(99).decode())`;
  assert.equal((await command("execute", "talker", "--", "python3", "-c", ask)).stdout, "hello from the host\n");
  assert.notEqual((await inside("talker", "rm /run/echo/s")).status, 0);
});

test("a file that is to be written is refused, with what to write instead", async (t) => {
  await makeHost(t, "echo one > file; ln -s file link");
  await make(t, "filer", "-m", `host-bind:/etc/x=${top}/file`, ...sleep);
  const whyNot = async (): Promise<string> => (await command("start", "filer")).stderr;
  assert.match(await whyNot(), /read-only\/file is not a folder\. A file can be shown read-only: Mount=host-bind,ro:/);
  await command("set", "filer", `Mount=host-bind,ro:/etc/x=${top}/link`);
  assert.match(await whyNot(), /read-only\/link is a link to file/);
  await command("set", "filer", `Mount=host-bind,ro:/etc/x=${top}/none`);
  assert.match(await whyNot(), /there is no \/srv\/read-only\/none/);
  assert.match(
    (await command("set", "filer", "Mount=host-bind:/run/systemd=/srv")).stderr,
    /except on a folder such as/,
  );
});
