import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { askAddress, type AskHost, renderCommand } from "../../../../helpers/run/network/ask-address.ts";

const web = parseSandboxName("web");
const init = { pid: 100, began: "1" };
const client = { pid: 200, began: "2" };
const pipe = { process: { pid: 300, began: "3" }, descriptor: 17 };
const lab = {
  kind: "libvirt",
  network: "lab",
  device: "sb-web",
  dhcp: true,
  addresses: [],
  rules: null,
  servers: null,
} as const;
const serving = "<network><ip address='192.0.2.1'><dhcp/></ip></network>".replace("<dhcp/>", "<dhcp></dhcp>");

/** Fakes a host without problems, on which a start waits. The host records the steps. */
function fakeHost(fakes: Partial<AskHost> = {}) {
  const started: { command: readonly string[]; outcome: number | undefined }[] = [];
  const written: number[] = [];
  const host: AskHost = {
    readContainer: () => ({ kind: "started", init, controller: null }),
    readNetwork: () => lab,
    hasOwnServers: () => false,
    readProfile: () => undefined,
    readClient: () => ({ kind: "asked", pipe }),
    readNetworkStatus: () => serving,
    openOutcome: ({ descriptor }) => descriptor,
    start: (command, outcome) => {
      started.push({ command, outcome });
      return Promise.resolve(client);
    },
    isRunning: () => true,
    hasLeft: () => true,
    writeClient: (_name, { pid }) => written.push(pid),
    sleep: () => Promise.resolve(),
    ...fakes,
  };
  return { host, started, written };
}

test("the client is started beside PID 1 of the container, and written down", async () => {
  const { host, started, written } = fakeHost();
  assert.deepEqual(await askAddress(web, host), client);
  assert.deepEqual(written, [200]);
  const [{ command, outcome } = { command: [], outcome: 0 }] = started;
  assert.equal(outcome, 17, "with the pipe to launch");
  assert.deepEqual(command.slice(1, 3), ["--awaited", "100:1"]);
  assert.deepEqual(command.slice(-3), ["lab", "", "long"]);
});

test("the file system that private-root makes has another number each time", async () => {
  const numbers = new Set<string | undefined>();
  for (let round = 0; round < 5; round += 1) {
    const { host, started } = fakeHost();
    await askAddress(web, host);
    numbers.add(started[0]?.command.at(-5));
  }
  assert.ok(numbers.size > 1);
  for (const number of numbers) assert.match(number ?? "", /^\d{4,8}$/);
});

test("who is started again tells no start why there is no address, since none reads it any more", async () => {
  for (const kind of ["none", "started"] as const) {
    const { host, started } = fakeHost({ readClient: () => ({ kind, client }) });
    await askAddress(web, host);
    assert.equal(started[0]?.outcome, undefined);
    assert.equal(started[0]?.command.includes("--awaited"), false);
  }
});

test("without that pipe, because launch has ended or was of an earlier version, there is a client all the same", async () => {
  const { host, started } = fakeHost({ openOutcome: () => undefined });
  assert.deepEqual(await askAddress(web, host), client);
  const earlier = fakeHost({ readClient: () => ({ kind: "asked", pipe: undefined }) });
  assert.deepEqual(await askAddress(web, earlier.host), client);
  assert.equal(started[0]?.command.includes("--awaited"), false);
});

test("an answer is waited for longer only where libvirt itself serves DHCP", async () => {
  for (const fakes of [
    { readNetworkStatus: () => "<network/>" },
    { readNetworkStatus: () => undefined },
    { readNetwork: () => ({ ...lab, kind: "bridge" }) as const },
  ]) {
    const { host, started } = fakeHost(fakes);
    await askAddress(web, host);
    assert.equal(started[0]?.command.at(-1), "short");
  }
});

test("the client leaves name servers alone that DNS= says", async () => {
  const { host, started } = fakeHost({ hasOwnServers: () => true });
  await askAddress(web, host);
  assert.equal(started[0]?.command.at(-2), "known");
});

test("without a container, or an interface of its own, no client is started", async () => {
  for (const fakes of [
    { readContainer: () => undefined },
    { readContainer: () => ({ kind: "asked" }) },
    { readContainer: () => ({ kind: "gone" }) },
    { readNetwork: () => undefined },
    { readNetwork: () => ({ kind: "host" }) },
    { isRunning: () => false },
  ] satisfies readonly Partial<AskHost>[]) {
    const { host, started } = fakeHost(fakes);
    assert.equal(await askAddress(web, host), undefined);
    assert.deepEqual(started, []);
  }
});

test("a client is none of ours when PID 1 has ended meanwhile", async () => {
  let looks = 0;
  const { host, written } = fakeHost({ isRunning: ({ pid }) => pid === client.pid || looks++ === 0 });
  assert.equal(await askAddress(web, host), undefined);
  assert.deepEqual(written, []);
});

test("a client that ends before it has left the host's network is a failure, which is told at once", async () => {
  for (const fakes of [
    { start: () => Promise.resolve(undefined) },
    { hasLeft: () => false, isRunning: ({ pid }) => pid === init.pid },
  ] satisfies readonly Partial<AskHost>[]) {
    const { host, written } = fakeHost({ ...fakes, sleep: () => assert.fail("nothing to wait for") });
    await assert.rejects(askAddress(web, host), SandboxError);
    assert.deepEqual(written, []);
  }
});

test("the client is waited for until it has left the host's network", async () => {
  let left = false;
  const { host, written } = fakeHost({
    hasLeft: () => left,
    sleep: () => Promise.resolve((left = true)),
  });
  await askAddress(web, host);
  assert.deepEqual(written, [200]);
});

test("until the client has a root of its own, all that it runs and loads is below the host's /usr", () => {
  const known = { hasServers: true, isAnswerCertain: false, isAwaited: false, profile: undefined };
  const plan = { init: { pid: 7, began: "9" }, network: "lab", inodes: 1234, ...known };
  const client = "/libexec/sandboxcontainer/inside/private-root 1234 /usr/libexec/sandboxcontainer/inside/ask-address";
  const enter = "/usr/libexec/sandboxcontainer/enter-network";
  assert.equal(renderCommand(plan).join(" "), `${enter} 7:9 ${client} lab known short`);
  const confined = renderCommand({ ...plan, profile: "web//address", isAwaited: true });
  assert.equal(confined.join(" "), `${enter} --awaited --profile web//address 7:9 ${client} lab known short`);
});
