import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const { make } = useSandboxes(bed);

const units = {
  "greeter.socket": "[Socket]\nListenStream=99\nListenDatagram=99\n",
  "greeter.service": `[Service]\nExecStart=/usr/bin/python3 -c "import socket; s = socket.socket(fileno=3); s.accept()[0].sendall(b'hello')"\n`,
};
const greet = "import socket; print(socket.create_connection(('127.0.0.1', 99)).recv(9).decode())";

before(async () => {
  for (const [name, text] of Object.entries(units))
    await bed.feed(text, "sh", "-c", `cat >/etc/systemd/system/${name}`);
  await bed.run("systemctl", "daemon-reload");
});

after(() => bed.run("rm", ...Object.keys(units).map((name) => `/etc/systemd/system/${name}`)));

test("systemd inside makes the internet sockets of a socket unit, and its service answers", async (t) => {
  const mark = await markDenials(bed);
  await make(t, "greeter", "--unit", "greeter.socket", "--package", "python3", "--start");
  assert.equal(await bed.run("sandboxcontainer", "execute", "greeter", "--", "python3", "-c", greet), "hello");
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
