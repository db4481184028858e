import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { awaitListener, type ListenerHost, parseListeners } from "../../../../helpers/run/launch/await-listener.ts";
import { findProcess } from "../../../../helpers/host/process-start.ts";

const web = parseSandboxName("web");
const init = { pid: 20, began: "300" };
const rest = "00000000:00000000 00:00000000 00000000     0        0 123 1 0 100 0 0 10 0";
const http = `   0: 0100007F:0050 00000000:0000 0A ${rest}\n`;
const connected = `   1: 0100007F:0050 0100007F:D431 01 ${rest}\n`;
const http6 = `   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A ${rest}\n`;

/** Waits where the tables change with each look. Returns how long it waited, in milliseconds, and what it said. */
async function wait(ports: readonly number[], tables: readonly Partial<Record<"tcp" | "tcp6", string>>[]) {
  let [look, waited] = [0, 0];
  const said: string[] = [];
  const host: ListenerHost = {
    isRunning: () => look < tables.length || tables.at(-1)?.tcp !== "ended",
    readSockets: (_, file) => tables[Math.min(look, tables.length - 1)]?.[file] ?? "",
    warn: (text) => said.push(text),
    sleep: (milliseconds) => {
      look++;
      waited += milliseconds;
      return Promise.resolve();
    },
  };
  await awaitListener(web, init, ports, host);
  return { waited, said };
}

test("the port of a service that listens is not waited for", async () => {
  assert.deepEqual(await wait([80], [{ tcp: http }]), { waited: 0, said: [] });
  assert.deepEqual(await wait([80], [{ tcp6: http6 }]), { waited: 0, said: [] });
  assert.deepEqual(await wait([], [{}]), { waited: 0, said: [] });
});

test("one that listens later is: its first connections were refused", async () => {
  assert.deepEqual(await wait([80], [{}, { tcp: connected }, { tcp: http }]), { waited: 20, said: [] });
});

test("one of several ports is enough", async () => {
  assert.deepEqual(await wait([443, 80], [{ tcp: http }]), { waited: 0, said: [] });
});

test("after half a minute it says so, and the start goes on", async () => {
  const { waited, said } = await wait([80], [{ tcp: connected }]);
  assert.ok(waited >= 30_000 && waited < 31_000, String(waited));
  assert.deepEqual(said, [
    "nothing inside listens on TCP port 80, so connections are refused. To see what does: sandboxcontainer execute web -- ss -ltn",
  ]);
  const { said: saidOfTwo } = await wait([80, 443], [{}]);
  assert.match(saidOfTwo.join(), /any of the TCP ports 80, 443,/);
});

test("it waits no longer than the container runs, and says nothing then", async () => {
  assert.deepEqual(await wait([80], [{}, { tcp: "ended" }]), { waited: 20, said: [] });
});

test("a socket of this process is found as the kernel writes it", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve((server.address() as { port: number }).port);
    });
  });
  assert.ok(parseListeners(readFileSync("/proc/self/net/tcp", "latin1")).includes(port));
  const own = findProcess(process.pid);
  assert.ok(own !== undefined);
  await awaitListener(web, own, [port]);
  server.close();
});
