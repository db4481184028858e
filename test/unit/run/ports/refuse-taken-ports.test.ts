import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { parseIpAddress } from "../../../../conf/values/network.ts";
import { refuseTakenPorts, type TakenPort } from "../../../../helpers/run/ports/refuse-taken.ts";

const web = parseSandboxName("web");

/** Parses `tcp PORT ADDRESS`, a line for each. */
const portsOf = (text: string): readonly TakenPort[] =>
  [...text.matchAll(/^(tcp|udp) (\d+) (\S+)$/gm)].map(([, protocol, port, address = ""]) => ({
    protocol: protocol === "udp" ? "udp" : "tcp",
    port: Number(port),
    address,
  }));

/** Asks for ports where programs of the host listen, given as `tcp PORT ADDRESS`. Returns the error, and who was asked. */
async function refuse(ports: string, listening: readonly string[] = [], holder = "", isOwn = false) {
  let now = listening;
  const asked: TakenPort[] = [];
  const looked: string[] = [];
  const closed: string[] = [];
  const error = await refuseTakenPorts(web, portsOf(ports), {
    listListeners: (pid, protocol) => {
      looked.push(`${pid} ${protocol}`);
      return portsOf(now.join("\n"))
        .filter((each) => each.protocol === protocol)
        .map(({ address, port }) => ({ address: parseIpAddress(address), port }));
    },
    closeSockets: (units) => {
      closed.push(...units);
      if (isOwn) now = [];
      return Promise.resolve();
    },
    askHolder: (port) => {
      asked.push(port);
      return Promise.resolve(holder);
    },
  }).then(
    () => undefined,
    (reason: unknown) => describeError(reason),
  );
  return { error, asked, looked, closed };
}
const isRefused = async (port: string, listener: string): Promise<boolean> =>
  (await refuse(`${port}\n`, [listener])).error !== undefined;

test("who listens where the kernel shall lead to the sandbox is named", async () => {
  const line = 'LISTEN 0 511 *:80 *:* users:(("nginx",pid=12,fd=5))';
  const { error, asked } = await refuse("tcp 79 *\ntcp 80 *\n", ["tcp 80 0.0.0.0", "tcp 443 ::"], line);
  assert.equal(
    error,
    "port 80 of this host is in use by nginx (process 12). Free it, or change Publish= in the conf of web",
  );
  assert.deepEqual(asked, [{ protocol: "tcp", port: 80, address: "*" }]);
});

test("of UDP it is told as such, and somebody may be gone by now", async () => {
  const { error } = await refuse("udp 53 *\n", ["udp 53 127.0.0.53"]);
  assert.match(error ?? "", /^UDP port 53 of this host is in use by another program\. /);
});

test("free ports are fine, and only the tables that matter are read", async () => {
  const { error, looked } = await refuse("tcp 80 *\n", ["tcp 81 ::", "udp 80 ::"]);
  assert.deepEqual([error, looked], [undefined, ["self tcp"]]);
  assert.deepEqual(await refuse("", ["tcp 80 ::"]), { error: undefined, asked: [], looked: [], closed: [] });
});

test("a port of all addresses is in the way of each", async () => {
  for (const listener of ["0.0.0.0", "::", "127.0.0.1", "::1", "192.0.2.7"])
    assert.equal(await isRefused("tcp 80 *", `tcp 80 ${listener}`), true, listener);
});

test("a port of one address is taken by that address, or by all of its family", async () => {
  const taken = async (address: string, listener: string): Promise<boolean> =>
    isRefused(`tcp 80 ${address}`, `tcp 80 ${listener}`);
  assert.equal(await taken("192.0.2.7", "192.0.2.7"), true);
  assert.equal(await taken("192.0.2.7", "0.0.0.0"), true);
  // A socket of all IPv6 addresses may be one of all IPv4 addresses too.
  assert.equal(await taken("192.0.2.7", "::"), true);
  assert.equal(await taken("192.0.2.7", "192.0.2.8"), false);
  assert.equal(await taken("192.0.2.7", "127.0.0.1"), false);
  assert.equal(await taken("192.0.2.7", "2001:db8::7"), false);
  assert.equal(await taken("[2001:db8::7]", "2001:db8::7"), true);
  assert.equal(await taken("[2001:db8::7]", "::"), true);
  assert.equal(await taken("[2001:db8::7]", "0.0.0.0"), false);
  assert.equal(await taken("0.0.0.0", "127.0.0.1"), true);
  assert.equal(await taken("0.0.0.0", "::1"), false);
  assert.equal(await taken("[::]", "::1"), true);
  assert.equal(await taken("[::]", "127.0.0.1"), false);
});

test("a socket of its own that an earlier conf has left is closed", async () => {
  assert.deepEqual(await refuse("tcp 80 *\n", ["tcp 80 0.0.0.0"], "", true), {
    error: undefined,
    asked: [],
    looked: ["self tcp", "self tcp"],
    closed: ["sandbox-web-80.socket"],
  });
  assert.deepEqual((await refuse("tcp 80 *\n")).closed, []);
});
