import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { findProcess } from "../../../../helpers/host/process/processes.ts";
import { awaitListener, type ListenerHost } from "../../../../helpers/run/launch/await-listener.ts";
import type { AwaitedPort } from "../../../../helpers/run/plan/start-plan.ts";

const web = parseSandboxName("web");
const init = { pid: 20, began: "300" };
const tcp = (port: number): AwaitedPort => ({ protocol: "tcp", port, byLink: false });
const udp = (port: number): AwaitedPort => ({ protocol: "udp", port, byLink: false });

/** What listens at one look, or that the container has ended. */
type Look = Partial<Record<"tcp" | "udp", readonly number[]>> | "ended";

/** Waits where something else listens with each look. Returns how long it waited, in milliseconds, and what it said. */
async function wait(ports: readonly AwaitedPort[], looks: readonly Look[]) {
  let [count, waited] = [0, 0];
  const said: string[] = [];
  const look = (): Look => looks[Math.min(count, looks.length - 1)] ?? {};
  const host: ListenerHost = {
    isRunning: () => look() !== "ended",
    listListeners: (pid, protocol) => {
      assert.equal(pid, init.pid);
      const now = look();
      const ports = now === "ended" ? [] : (now[protocol] ?? []);
      return ports.map((port) => ({ port, address: { family: 4, text: port === 6379 ? "127.0.0.1" : "0.0.0.0" } }));
    },
    warn: (text) => said.push(text),
    sleep: (milliseconds) => {
      count++;
      waited += milliseconds;
      return Promise.resolve();
    },
  };
  await awaitListener(web, init, ports, host);
  return { waited, said };
}

test("the port of a service that listens is not waited for", async () => {
  assert.deepEqual(await wait([tcp(80)], [{ tcp: [22, 80] }]), { waited: 0, said: [] });
  assert.deepEqual(await wait([udp(53)], [{ udp: [53] }]), { waited: 0, said: [] });
  assert.deepEqual(await wait([], [{}]), { waited: 0, said: [] });
});

test("one that listens later is: its first connections were refused", async () => {
  assert.deepEqual(await wait([tcp(80)], [{}, { tcp: [8080] }, { tcp: [80] }]), { waited: 4, said: [] });
});

test("a port of TCP is none of UDP", async () => {
  assert.deepEqual(await wait([udp(53)], [{ tcp: [53] }, { tcp: [53], udp: [53] }]), { waited: 2, said: [] });
  assert.deepEqual(await wait([tcp(53)], [{ udp: [53] }, { tcp: [53], udp: [53] }]), { waited: 2, said: [] });
});

test("one of several ports is enough", async () => {
  assert.deepEqual(await wait([tcp(443), tcp(80)], [{ tcp: [80] }]), { waited: 0, said: [] });
  assert.deepEqual(await wait([tcp(443), udp(443)], [{ udp: [443] }]), { waited: 0, said: [] });
});

test("after half a minute it says so, and the start goes on", async () => {
  const { waited, said } = await wait([tcp(80)], [{ tcp: [81] }]);
  assert.ok(waited >= 30_000 && waited < 31_000, String(waited));
  assert.deepEqual(said, [
    "nothing inside listens on TCP port 80 where clients come, so connections are refused. To see what does: sandboxcontainer execute web -- ss -lntu",
  ]);
  const { said: saidOfTwo } = await wait([tcp(80), udp(53)], [{}]);
  assert.match(saidOfTwo.join(), /on any of TCP port 80, UDP port 53 where/);
});

test("where clients come by the link, what listens on the loopback does not count", async () => {
  const { waited } = await wait([{ ...tcp(6379), byLink: true }], [{ tcp: [6379] }]);
  assert.ok(waited >= 30_000);
  assert.deepEqual(await wait([tcp(6379)], [{ tcp: [6379] }]), { waited: 0, said: [] });
});

test("of many ports it names a few", async () => {
  const { said } = await wait([1, 2, 3, 4, 5, 6].map(tcp), [{}]);
  assert.match(said.join(), /on any of TCP port 1, .*, TCP port 5 … where/);
});

test("it waits no longer than the container runs, and says nothing then", async () => {
  assert.deepEqual(await wait([tcp(80)], [{}, {}, "ended"]), { waited: 4, said: [] });
});

test("sockets of this process are found", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  t.after(() => {
    server.close();
    socket.close();
  });
  await Promise.all([once(server, "listening"), once(socket, "listening")]);
  const own = findProcess(process.pid);
  assert.ok(own !== undefined);
  await awaitListener(web, own, [tcp((server.address() as { port: number }).port)]);
  await awaitListener(web, own, [udp(socket.address().port)]);
});
