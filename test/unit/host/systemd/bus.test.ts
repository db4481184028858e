import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { connectBus } from "../../../../helpers/host/systemd/bus.ts";

const timeout = { connect: 200, call: 200 };
const address = { destination: "org.example", path: "/", interface: "org.example" };

/** Serves a bus for one test, which answers the lines of a new connection, and then as `answer` says. */
async function serve(t: TestContext, answer: (client: Socket, bytes: Buffer) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bus-"));
  const path = join(folder, "socket");
  const clients: Socket[] = [];
  const server = createServer((client) => {
    clients.push(client);
    client
      .on("error", () => undefined)
      .on("data", (bytes) => {
        if (bytes.includes("AUTH")) client.write("OK 1234\r\n");
        else answer(client, bytes);
      });
  });
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  const before = process.env["DBUS_SYSTEM_BUS_ADDRESS"];
  process.env["DBUS_SYSTEM_BUS_ADDRESS"] = `unix:path=${path}`;
  t.after(() => {
    if (before === undefined) delete process.env["DBUS_SYSTEM_BUS_ADDRESS"];
    else process.env["DBUS_SYSTEM_BUS_ADDRESS"] = before;
    clients.forEach((client) => client.destroy());
    server.close();
    rmSync(folder, { recursive: true });
  });
}

// The answer to Hello, the first call: header, REPLY_SERIAL, SIGNATURE, and the name ":1.1" (D-Bus specification).
const hello = Buffer.from(
  "6c02010109000000020000000f000000" + "0501750001000000" + "0801670001730000" + "040000003a312e3100",
  "hex",
);

test("a bus that says nothing, closes the connection or talks nonsense is named, without a stack", async (t) => {
  const wrong: readonly (readonly [(client: Socket) => void, RegExp])[] = [
    [() => undefined, /^cannot reach D-Bus: no answer within 0\.2 s$/],
    [(client) => client.destroy(), /^cannot reach D-Bus: it has closed the connection$/],
    [(client) => void client.write("nonsense".repeat(10)), /^cannot reach D-Bus: /],
    [(client) => void client.write(Buffer.alloc(64, "l")), /^cannot reach D-Bus: /],
  ];
  for (const [answer, said] of wrong) {
    await t.test(said.source, async (inner) => {
      await serve(inner, answer);
      await assert.rejects(connectBus(timeout), (error: unknown) => {
        assert.ok(error instanceof SandboxError);
        assert.match(error.message, said);
        assert.match(error.hint ?? "", /systemctl status dbus/);
        return true;
      });
    });
  }
});

test("a call fails if it is not answered, or the connection ends, and so does everything that waits", async (t) => {
  const wrong: readonly (readonly [(client: Socket) => void, RegExp])[] = [
    [() => undefined, /^cannot reach D-Bus: no answer within 0\.2 s$/],
    [(client) => client.destroy(), /^cannot reach D-Bus: it has closed the connection$/],
    [(client) => void client.write(Buffer.alloc(64, 1)), /^cannot reach D-Bus: /],
  ];
  for (const [answer, said] of wrong) {
    await t.test(said.source, async (inner) => {
      await serve(inner, (client, bytes) => {
        if (bytes.includes("Hello")) client.write(hello);
        else answer(client);
      });
      const bus = await connectBus(timeout);
      await assert.rejects(bus.call(address, "Ask"), { message: said });
      await assert.rejects(bus.broken, { message: said });
      await assert.rejects(bus.call(address, "AskAgain"), { message: said });
      bus.close();
    });
  }
});
