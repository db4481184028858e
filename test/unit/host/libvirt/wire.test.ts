import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openWire, WireError } from "../../../../helpers/host/libvirt/wire.ts";

const folder = mkdtempSync(join(tmpdir(), "wire-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
};
const text = (value: string): Buffer =>
  Buffer.concat([words(value.length), Buffer.from(value), Buffer.alloc(-value.length & 3)]);

interface Asked {
  readonly procedure: number;
  readonly type: number;
  readonly body: Buffer;
}
/** An answer: its status and body. Undefined ends the connection. */
type Answer = { readonly status: number; readonly body: Buffer } | undefined;
const yes = (...parts: readonly Buffer[]): Answer => ({ status: 0, body: Buffer.concat(parts) });
const no = (message: string): Answer => ({ status: 1, body: Buffer.concat([words(1, 10, 1), text(message)]) });

const domain = Buffer.concat([text("web"), Buffer.alloc(16, 7), words(4711)]);
const usual = ({ procedure }: Asked): Answer =>
  ({ 1: yes(), 10: yes(domain), 14: yes(text("<domain/>")), 66: yes(words(1, 0)), 309: yes(domain) })[procedure];

let count = 0;
/** Listens as libvirtd does. Its events are those that nobody asked for. */
async function listen(
  answer: (asked: Asked) => Answer,
  { event = false } = {},
): Promise<{ readonly path: string; readonly asked: readonly Asked[]; readonly close: () => void }> {
  const asked: Asked[] = [];
  const reply = (socket: Socket, message: Buffer): void => {
    const [, , procedure = 0, type = 0, serial = 0] = [0, 4, 8, 12, 16].map((at) => message.readUInt32BE(at));
    const request = { procedure, type, body: message.subarray(24) };
    asked.push(request);
    const given = answer(request);
    if (given === undefined) return void socket.end();
    if (event) socket.write(words(28, 0x20008086, 1, 107, 2, 0, 0));
    // In parts, as a stream may come.
    const bytes = Buffer.concat([
      words(28 + given.body.length, 0x20008086, 1, procedure, 1, serial, given.status),
      given.body,
    ]);
    socket.write(bytes.subarray(0, 6));
    setImmediate(() => socket.write(bytes.subarray(6)));
  };
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    let rest = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= 4 && rest.length >= rest.readUInt32BE(0)) {
        const length = rest.readUInt32BE(0);
        if (length < 28) return;
        reply(socket, rest.subarray(4, length));
        rest = rest.subarray(length);
      }
    });
  });
  const path = join(folder, `socket-${count++}`);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { path, asked, close };
}

const rejectsAs = (kind: WireError["kind"], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof WireError);
  assert.equal(error.kind, kind);
  assert.match(error.message, message);
  return true;
};

test("a domain is made by four messages, and its XML comes back", async () => {
  const { path, asked, close } = await listen(usual);
  const wire = await openWire(path);
  assert.equal(await wire.createDomain("<domain>ä</domain>", []), "<domain/>");
  assert.deepEqual(
    asked.map(({ procedure, type }) => [procedure, type]),
    [
      [66, 0],
      [1, 0],
      [10, 0],
      [14, 0],
    ],
  );
  assert.deepEqual(asked[1]?.body, Buffer.concat([words(1), text("lxc:///system"), words(0)]));
  assert.deepEqual(asked[2]?.body.subarray(0, 4), words(19));
  assert.deepEqual(asked[3]?.body, Buffer.concat([domain, words(0)]));
  close();
});

test("messages that nobody asked for are passed over", async () => {
  const { path, close } = await listen(usual, { event: true });
  assert.equal(await (await openWire(path)).createDomain("<domain/>", []), "<domain/>");
  close();
});

test("open files go along, and their number comes first", async () => {
  const { path, asked, close } = await listen(({ procedure, ...rest }) =>
    // The bytes that carry files are no message of their own.
    procedure === 309 ? no("operation failed: enough seen") : usual({ procedure, ...rest }),
  );
  const wire = await openWire(path);
  const file = openSync("/dev/null", "r");
  await assert.rejects(wire.createDomain("<domain/>", [file, file]), rejectsAs("refused", /enough seen/));
  closeSync(file);
  assert.deepEqual([asked[2]?.type, asked[2]?.body.readUInt32BE(0)], [4, 2]);
  close();
});

test("libvirt's own message is the reason", async () => {
  const { path, close } = await listen((asked) =>
    asked.procedure === 10 ? no("operation failed: domain 'web' is already active as 'web'") : usual(asked),
  );
  const wire = await openWire(path);
  await assert.rejects(wire.createDomain("<domain/>", []), rejectsAs("refused", /^operation failed: domain 'web' is/));
  close();
});

test("a domain that has ended before it was looked at was made", async () => {
  const { path, close } = await listen((asked) =>
    asked.procedure === 14 ? no("Domain not found: no domain with matching uuid") : usual(asked),
  );
  assert.equal(await (await openWire(path)).createDomain("<domain/>", []), undefined);
  close();
});

test("a server that is away, ends, or speaks otherwise is told apart", async () => {
  await assert.rejects(openWire(join(folder, "none")), rejectsAs("away", /^Failed to connect .*: No such file or dir/));
  const asking = await listen((asked) => (asked.procedure === 66 ? yes(words(1, 2)) : usual(asked)));
  await assert.rejects(openWire(asking.path), rejectsAs("foreign", /who we are/));
  asking.close();
  const ending = await listen((asked) => (asked.procedure === 10 ? undefined : usual(asked)));
  await assert.rejects((await openWire(ending.path)).createDomain("", []), rejectsAs("ended", /End of file/));
  ending.close();
});
