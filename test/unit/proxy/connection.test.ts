import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTo, findFreePort, headerLength, readAll, startProxy, startService } from "./run-proxy.ts";

/** Resolves to how a connection failed, or ended. */
const failureOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? "");
    });
    socket.on("close", () => {
      resolve("closed");
    });
    socket.resume();
  });

/** Calls back once the header has come, with what came with it. */
const afterHeader = (socket: Socket, serve: (rest: Buffer) => void): void => {
  socket.once("data", (bytes: Buffer) => {
    serve(bytes.subarray(headerLength));
  });
};

const port = (number: number): Buffer => Buffer.from([number >> 8, number & 255]);

test("the service gets the addresses of client and host, in both families", async (context) => {
  const headers: Buffer[] = [];
  const service = await startService(context, (socket) => {
    socket.once("data", (bytes: Buffer) => {
      headers.push(bytes);
      socket.end("seen");
    });
  });
  const { ports } = await startProxy(context, [`127.0.0.1:${service}`], { families: ["4", "6", "46"] });
  const signature = Buffer.from("0d0a0d0a000d0a515549540a21", "hex");
  const loopback4 = Buffer.from("7f0000027f000001", "hex");
  const loopback6 = Buffer.from(`${"0".repeat(31)}1${"0".repeat(31)}1`, "hex");
  const times: number[] = [];
  for (const [index, host, localAddress, kind, addresses] of [
    [0, "127.0.0.1", "127.0.0.2", "11000c", loopback4],
    [1, "::1", "::1", "210024", loopback6],
    [2, "127.0.0.1", "127.0.0.2", "11000c", loopback4],
    [2, "::1", "::1", "210024", loopback6],
  ] as const) {
    const to = ports[index] ?? 0;
    const began = performance.now();
    const client = await connectTo(context, to, { host, localAddress });
    const from = client.localPort ?? 0;
    assert.equal((await readAll(client)).toString(), "seen");
    times.push(performance.now() - began);
    const expected = [signature, Buffer.from(kind, "hex"), addresses, port(from), port(to)];
    assert.deepEqual(headers.pop(), Buffer.concat(expected), `${host} ${to}`);
  }
  // The service speaks first, and the header does not wait for the client: the kernel would keep it back for 0.2 s.
  assert.ok(Math.min(...times) < 150, times.join(" "));
});

test("each side may stop sending and still be sent to", async (context) => {
  const service = await startService(context, (socket) => {
    void readAll(socket).then((all) => socket.end(`${all.subarray(headerLength).toString()} heard`));
  });
  const { ports } = await startProxy(context, [`127.0.0.1:${service}`]);
  const asking = await connectTo(context, ports[0]);
  asking.end("question");
  assert.equal((await readAll(asking)).toString(), "question heard");

  const heard = Promise.withResolvers<string>();
  const teller = await startService(context, (socket) => {
    socket.end("bye");
    void readAll(socket).then((all) => {
      heard.resolve(all.subarray(headerLength).toString());
    });
  });
  const other = await startProxy(context, [`127.0.0.1:${teller}`]);
  const told = await connectTo(context, other.ports[0]);
  assert.equal((await readAll(told)).toString(), "bye");
  told.write("one ");
  await sleep(50);
  told.end("two");
  assert.equal(await heard.promise, "one two");
});

test("many connections at once lose and mix nothing, however slow who reads is", async (context) => {
  const service = await startService(context, (socket) => {
    afterHeader(socket, (rest) => {
      socket.write(rest);
      socket.pipe(socket);
    });
  });
  const { ports, pid } = await startProxy(context, ["--connections-max=100", `127.0.0.1:${service}`]);
  const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
  const talk = async (index: number): Promise<void> => {
    const sent = randomBytes(2_000_000 + index);
    const client = await connectTo(context, ports[0]);
    client.end(sent);
    if (index % 4 === 0) await sleep(500);
    assert.equal(hash(await readAll(client)), hash(sent));
  };
  await Promise.all(Array.from({ length: 40 }, (_, index) => talk(index)));
  const memory = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  assert.ok(Number(memory) < 4000, `${memory ?? "?"} kB`);
});

/** The processor time that a process used in half a second, in hundredths of a second. */
async function measure(pid: number): Promise<number> {
  const used = (): number => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
    return Number(fields[13]) + Number(fields[14]);
  };
  const before = used();
  await sleep(500);
  return used() - before;
}

test("who writes to somebody who does not read waits, and so does the proxy, even if the writer resets", async (context) => {
  const [most, piece] = [200_000_000, Buffer.alloc(100_000)];
  const writers: Socket[] = [];
  const service = await startService(context, (socket) => {
    writers.push(socket);
    const write = (): void => {
      while (socket.bytesWritten < most && !socket.destroyed) if (!socket.write(piece)) return;
      socket.end();
    };
    socket.on("drain", write);
    write();
  });
  const { ports, pid } = await startProxy(context, [`127.0.0.1:${service}`]);
  const clients = [await connectTo(context, ports[0]), await connectTo(context, ports[0])] as const;
  const written = (): number => writers.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
  for (let before = -1; before !== written();) {
    before = written();
    await sleep(500);
  }
  assert.ok(written() < most, `${written()} bytes`);
  assert.ok((await measure(pid)) < 5);
  writers[1]?.resetAndDestroy();
  assert.ok((await measure(pid)) < 5);
  assert.equal(await failureOf(clients[1]), "ECONNRESET");
  let read = 0;
  clients[0].on("data", (bytes: Buffer) => (read += bytes.length));
  await once(clients[0], "end");
  assert.equal(read, writers[0]?.bytesWritten);
  assert.ok(read >= most);
});

test("what one side resets is reset for the other, and does not seem whole", async (context) => {
  const failed = Promise.withResolvers<string>();
  const service = await startService(context, (socket) => {
    afterHeader(socket, () => {
      socket.once("data", (request: Buffer) => {
        if (request.toString() === "reset me") {
          socket.resetAndDestroy();
          return;
        }
        void failureOf(socket).then(failed.resolve);
        socket.write("!");
      });
      socket.write("?");
    });
  });
  const { ports } = await startProxy(context, [`127.0.0.1:${service}`]);
  const resetting = await connectTo(context, ports[0]);
  await once(resetting, "data");
  resetting.write("hello");
  await once(resetting, "data");
  resetting.resetAndDestroy();
  assert.equal(await failed.promise, "ECONNRESET");
  const reset = await connectTo(context, ports[0]);
  await once(reset, "data");
  reset.write("reset me");
  assert.equal(await failureOf(reset), "ECONNRESET");
});

test("a connection that the service refuses is reset; one complaint is enough until it listens", async (context) => {
  const service = await findFreePort();
  const proxy = await startProxy(context, [`127.0.0.1:${service}`]);
  for (let turn = 0; turn < 3; turn += 1) {
    const client = await connectTo(context, proxy.ports[0]).catch(() => undefined);
    if (client !== undefined) assert.equal(await failureOf(client), "ECONNRESET");
  }
  assert.equal(proxy.stderr(), "sandboxcontainer: cannot connect to the service: Connection refused\n");
  await startService(context, (socket) => socket.end("here"), service);
  assert.equal((await readAll(await connectTo(context, proxy.ports[0]))).toString(), "here");
});
