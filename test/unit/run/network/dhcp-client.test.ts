import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { ownStart } from "../../../../helpers/host/process/processes.ts";
import {
  awaitClientEnd,
  type ClientRecord,
  parseClientRecord,
  startDhcpClient,
} from "../../../../helpers/run/network/dhcp-client.ts";

const web = parseSandboxName("web");
const client = { pid: 4711, began: "99" };

test("a record names the pipe of a start that waits, or the client", () => {
  assert.deepEqual(parseClientRecord("asked 5 6 17\n"), {
    kind: "asked",
    pipe: { process: { pid: 5, began: "6" }, descriptor: 17 },
  });
  assert.deepEqual(parseClientRecord("4711 99\n"), { kind: "started", client });
  for (const broken of ["", "4711\n", "4711 99 1", "x 99", "asked 1 2", "asked"])
    assert.deepEqual(parseClientRecord(broken), { kind: "asked", pipe: undefined });
});

/** Returns whether a stop saw the client end, and how long it waited for that. */
async function stop(record: ClientRecord, lives: number) {
  let slept = 0;
  const hasEnded = await awaitClientEnd(web, {
    readClient: () => record,
    isRunning: () => slept < lives,
    sleep: (milliseconds) => Promise.resolve((slept += milliseconds)),
  });
  return { hasEnded, slept };
}

test("a stop waits for the client that was started, and not for ever", async () => {
  assert.deepEqual(await stop({ kind: "none" }, Infinity), { hasEnded: true, slept: 0 });
  assert.deepEqual(await stop({ kind: "asked", pipe: undefined }, Infinity), { hasEnded: true, slept: 0 });
  assert.deepEqual(await stop({ kind: "started", client }, 20), { hasEnded: true, slept: 20 });
  const { hasEnded, slept } = await stop({ kind: "started", client }, Infinity);
  assert.equal(hasEnded, false);
  assert.ok(slept >= 5000 && slept < 6000);
});

test("a start writes down that it waits before systemd runs the client again, and says what systemd refuses", async () => {
  const done: string[] = [];
  const start = (status: number): Promise<void> =>
    startDhcpClient(web, 17, {
      write: (path, text) => done.push(`${path}=${text}`),
      run: (program, args) => {
        done.push([program, ...args].join(" "));
        return Promise.resolve({ status, output: "Unit is masked." });
      },
    });
  await start(0);
  assert.deepEqual(done, [
    `/run/sandboxcontainer/web/client=asked ${process.pid} ${ownStart()} 17\n`,
    "systemctl --no-block restart sandbox-dhcp@web.service",
  ]);
  await assert.rejects(start(1), /^SandboxError: systemd did not start the DHCP client of web: Unit is masked\.$/);
});
