import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { isLocal, listListeners, parseListeners } from "../../../../helpers/host/network/listeners.ts";

const rest = "00000000:00000000 00:00000000 00000000     0        0 123 1 0 100 0 0 10 0";
const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const shown = (text: string, protocol: "tcp" | "udp"): readonly string[] =>
  parseListeners(text, protocol).map(({ address, port }) => `${address.text} ${port}`);

test("of TCP those are listed that listen", () => {
  const text = `${head}   0: 0100007F:0050 00000000:0000 0A ${rest}
   1: 0100007F:0051 0100007F:D431 01 ${rest}
   2: 0100007F:0052 00000000:0000 07 ${rest}
1000: 070200C0:FFFF 00000000:0000 0A ${rest}
`;
  assert.deepEqual(shown(text, "tcp"), ["127.0.0.1 80", "192.0.2.7 65535"]);
});

test("of UDP those are listed that have no peer", () => {
  const text = `${head}  12: 00000000:0035 00000000:0000 07 ${rest}
  13: 0100007F:0036 0100007F:0035 01 ${rest}
  14: 0100007F:0037 00000000:0000 0A ${rest}
`;
  assert.deepEqual(shown(text, "udp"), ["0.0.0.0 53"]);
});

test("addresses of IPv6 are words of four bytes", () => {
  const any = "0".repeat(32);
  const text = `${head}   0: ${any}:0050 ${any}:0000 0A ${rest}
   1: 00000000000000000000000001000000:0051 ${any}:0000 0A ${rest}
   2: B80D0120000000000000000007000000:0052 ${any}:0000 0A ${rest}
   3: 0000000000000000FFFF00000100007F:0053 ${any}:0000 0A ${rest}
`;
  assert.deepEqual(shown(text, "tcp"), [":: 80", "::1 81", "2001:db8::7 82", "::ffff:7f00:1 83"]);
});

test("only the addresses of the loopback are local, also those of IPv4 in a socket of IPv6", () => {
  const local = (family: 4 | 6, text: string): boolean => isLocal({ address: { family, text }, port: 80 });
  for (const text of ["127.0.0.1", "127.255.0.9"]) assert.ok(local(4, text), text);
  for (const text of ["::1", "::ffff:7f00:1", "::ffff:7fff:9"]) assert.ok(local(6, text), text);
  for (const text of ["0.0.0.0", "12.7.0.1", "192.0.2.127"]) assert.ok(!local(4, text), text);
  for (const text of ["::", "::1:1", "::7f00:1", "::ffff:7f0:1", "::ffff:c000:27f"]) assert.ok(!local(6, text), text);
});

test("a line that is cut off or of another form is none", () => {
  for (const text of ["", head, "   0: 0100007F:0050 00000000:0000", "0: 7F:0050 00000000:0000 0A x", "garbage\n"])
    assert.deepEqual(parseListeners(text, "tcp"), []);
});

test("sockets of this process are found as the kernel writes them, and those of a connection are not", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await Promise.all([once(server, "listening"), once(socket, "listening")]);
  const port = (server.address() as { port: number }).port;
  const client = connect(port, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [ReturnType<typeof connect>];
  t.after(() => {
    for (const each of [client, accepted]) each.destroy();
    server.close();
    socket.close();
  });
  const isThere = (protocol: "tcp" | "udp", own: number | undefined): boolean =>
    [process.pid, "self" as const].every((pid) =>
      listListeners(pid, protocol).some(({ address, port: other }) => address.text === "127.0.0.1" && other === own),
    );
  assert.ok(isThere("tcp", port));
  assert.ok(isThere("udp", socket.address().port));
  assert.ok(!isThere("tcp", client.localPort));
});

test("a process that has ended has none", async () => {
  const child = spawn("true");
  await once(child, "exit");
  assert.deepEqual(listListeners(child.pid ?? 0, "tcp"), []);
});
