import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { extendTimeout, notifySystemd } from "../../../../helpers/host/systemd/notify.ts";

const folder = mkdtempSync(join(tmpdir(), "notify-"));
after(() => {
  rmSync(folder, { recursive: true });
});

// Neither runtime can receive from such a socket.
const hasPerl = spawnSync("perl", ["-MSocket", "-e", "1"]).status === 0;
const receive = `$| = 1; socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die;
bind($socket, pack_sockaddr_un($ARGV[0] =~ s/^@/\\0/r)) or die; print "listening\\n"; recv($socket, my $text, 4096, 0); print $text;`;

/** Returns what arrives at a socket, whose path may be an abstract name. */
async function listen(socket: string, tell: () => void): Promise<string> {
  const listener = spawn("perl", ["-MSocket", "-e", receive, socket], { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  listener.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(listener.stdout, "data");
  process.env["NOTIFY_SOCKET"] = socket;
  tell();
  delete process.env["NOTIFY_SOCKET"];
  await once(listener, "close");
  return Buffer.concat(chunks).toString().replace("listening\n", "");
}

for (const [kind, socket] of [
  ["a path", join(folder, "socket")],
  ["an abstract name", `@sandboxcontainer-test-${process.pid}`],
] as const)
  test(`systemd is told by a socket with ${kind}, all in one message`, { skip: !hasPerl && "needs perl" }, async () => {
    const told = await listen(socket, () => {
      notifySystemd("READY=1", "STATUS=", "MAINPID=5");
    });
    assert.equal(told, "READY=1\nSTATUS=\nMAINPID=5");
    const extended = await listen(`${socket}-2`, () => {
      extendTimeout(60);
    });
    assert.equal(extended, "EXTEND_TIMEOUT_USEC=60000000");
  });

test("without a systemd nothing is told, and one that does not listen stops nothing", (context) => {
  const write = context.mock.method(process.stderr, "write", () => true);
  delete process.env["NOTIFY_SOCKET"];
  notifySystemd("READY=1");
  assert.equal(write.mock.callCount(), 0);
  process.env["NOTIFY_SOCKET"] = join(folder, "missing");
  notifySystemd("READY=1");
  delete process.env["NOTIFY_SOCKET"];
  assert.match(String(write.mock.calls[0]?.arguments[0]), /systemd cannot be told READY=1: No such file or directory/);
});
