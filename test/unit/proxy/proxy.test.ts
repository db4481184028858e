import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTo, headerLength, program, readAll, startProxy, startService } from "./run-proxy.ts";

test("more clients than allowed wait until another has gone", async (context) => {
  const service = await startService(context, (socket) => {
    socket.write("!");
    socket.on("end", () => socket.end()).resume();
  });
  const { ports } = await startProxy(context, ["--connections-max=2", `127.0.0.1:${service}`]);
  const clients = await Promise.all([0, 1, 2, 3].map(() => connectTo(context, ports[0])));
  const served = new Set<Socket>();
  for (const client of clients) client.once("data", () => served.add(client));
  await sleep(500);
  assert.equal(served.size, 2);
  for (const client of served) client.end();
  await Promise.all(clients.filter((client) => !served.has(client)).map((client) => once(client, "data")));
});

test("clients for whom there is no descriptor wait", async (context) => {
  const service = await startService(context, (socket) => {
    socket.on("end", () => socket.end("served")).resume();
  });
  // Three standard ones, the socket, epoll's, and five others: two connections, and half of one.
  const proxy = await startProxy(context, [`127.0.0.1:${service}`], { before: ["prlimit", "--nofile=10"] });
  const talk = async (): Promise<string> => {
    const client = await connectTo(context, proxy.ports[0]);
    await sleep(100);
    client.end();
    return (await readAll(client)).toString();
  };
  assert.deepEqual(await Promise.all(Array.from({ length: 12 }, talk)), Array<string>(12).fill("served"));
  assert.match(proxy.stderr(), /^(sandboxcontainer: cannot take another client: Too many open files\n){1,20}$/);
});

test("it ends when nobody was connected for the idle time, and not before", async (context) => {
  const service = await startService(context, (socket) => socket.pipe(socket));
  const proxy = await startProxy(context, ["--exit-idle-time=1s", `127.0.0.1:${service}`]);
  const client = await connectTo(context, proxy.ports[0]);
  await sleep(1500);
  client.end("still here");
  assert.equal((await readAll(client)).subarray(headerLength).toString(), "still here");
  const began = performance.now();
  assert.equal(await proxy.ended, 0);
  assert.ok(performance.now() - began > 900);
  assert.equal(proxy.stderr(), "");
});

test("it says that it is ready, and ends at once when it is told to", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "proxy-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  for (const notify of [join(folder, "notify"), `@proxy-test-${process.pid}`]) {
    const proxy = await startProxy(context, ["127.0.0.1:1"], { notify });
    assert.equal(proxy.line, "READY=1");
    proxy.kill("SIGTERM");
    assert.equal(await proxy.ended, "SIGTERM");
  }
});

test("wrong words are refused with the usage, and it does nothing without sockets", () => {
  const run = (...words: readonly string[]) => spawnSync(program, words, { encoding: "utf8", timeout: 20_000 });
  for (const words of [
    [],
    ["127.0.0.1"],
    [":80"],
    ["127.0.0.1:"],
    ["127.0.0.1:0"],
    ["127.0.0.1:65536"],
    ["127.0.0.1:+80"],
    ["localhost:80"],
    ["::1:80"],
    ["[127.0.0.1]:80"],
    ["[::1:80"],
    ["[:80"],
    ["127.0.0.1:80", "more"],
    ["--connections-max=0", "127.0.0.1:80"],
    ["--connections-max=1x", "127.0.0.1:80"],
    ["--exit-idle-time=", "127.0.0.1:80"],
    ["--exit-idle-time=5min", "127.0.0.1:80"],
    ["--exit-idle-time=9999999999s", "127.0.0.1:80"],
    ["--wrong", "127.0.0.1:80"],
  ]) {
    const { status, signal, stderr } = run(...words);
    assert.deepEqual([signal, status], [null, 2], words.join(" "));
    assert.match(stderr, /^sandboxcontainer: usage: proxy /);
  }
  for (const address of ["127.0.0.1:80", "[::1]:80"]) {
    const { status, stderr } = run("--connections-max=4096", "--exit-idle-time=300s", address);
    assert.deepEqual([status, stderr], [1, "sandboxcontainer: systemd has passed no sockets\n"]);
  }
});
