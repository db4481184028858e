import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { isLocal, isConnected, listListeners } from "../../../../helpers/host/network/listeners.ts";

test("only the addresses of the loopback are local, also those of IPv4 in a socket of IPv6", () => {
  const local = (family: 4 | 6, text: string): boolean => isLocal({ address: { family, text }, port: 80 });
  for (const text of ["127.0.0.1", "127.255.0.9"]) assert.ok(local(4, text), text);
  for (const text of ["::1", "::ffff:7f00:1", "::ffff:7fff:9"]) assert.ok(local(6, text), text);
  for (const text of ["0.0.0.0", "12.7.0.1", "192.0.2.127"]) assert.ok(!local(4, text), text);
  for (const text of ["::", "::1:1", "::7f00:1", "::ffff:7f0:1", "::ffff:c000:27f"]) assert.ok(!local(6, text), text);
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

test("a connection is one to its own end, also in a socket of IPv6, also when its client has sent all", async (t) => {
  const server = createServer({ allowHalfOpen: true }).listen(0, "::");
  await once(server, "listening");
  const client = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [ReturnType<typeof connect>];
  t.after(() => {
    for (const each of [client, accepted]) each.destroy();
    server.close();
  });
  const local = [{ family: 4, text: "127.0.0.1" } as const];
  assert.ok(isConnected(process.pid, local));
  assert.ok(!isConnected(process.pid, [{ family: 4, text: "127.0.0.9" }]));
  client.end();
  accepted.resume();
  await once(accepted, "end");
  assert.ok(isConnected(process.pid, local));
});

test("a process that has ended has none", async () => {
  const child = spawn("true");
  await once(child, "exit");
  assert.deepEqual(listListeners(child.pid ?? 0, "tcp"), []);
  assert.ok(!isConnected(child.pid ?? 0, [{ family: 4, text: "127.0.0.1" }]));
});
