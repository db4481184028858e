import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { parseSubnet } from "../../../../generator/conf/values/parse-address.ts";
import { careForLink, type LinkHost } from "../../../../helpers/run/ports/care-for-link.ts";
import type { StartLink } from "../../../../helpers/run/ports/start-link.ts";

const web = parseSandboxName("web");
const init = { pid: 20, began: "300" };
const link: StartLink = {
  device: "sp-web",
  addresses: [
    { host: parseSubnet("198.18.0.41/30"), sandbox: parseSubnet("198.18.0.42/30") },
    { host: parseSubnet("fd12:0:0:a::1/126"), sandbox: parseSubnet("fd12:0:0:a::2/126") },
  ],
  isSecond: false,
};

/** Returns the steps for a link. */
async function care(changed: Partial<StartLink> = {}, fakes: Partial<LinkHost> = {}): Promise<readonly string[]> {
  const done: string[] = [];
  await careForLink(
    web,
    init,
    { ...link, ...changed },
    {
      exists: () => true,
      write: (path, text) => done.push(`${path} ${text}`),
      isRunning: () => true,
      openNetwork: () => 12,
      run: (program, args, { input = "", files } = {}) => {
        assert.deepEqual(files, program === "nsenter" ? [12] : undefined);
        done.push(`${[program, ...args].join(" ")}: ${input.trim()}`);
        return Promise.resolve({ status: 0, output: "" });
      },
      ...fakes,
    },
  );
  return done;
}

const settings = [
  "/proc/sys/net/ipv4/conf/sp-web/route_localnet 1",
  "/proc/sys/net/ipv4/conf/sp-web/arp_ignore 1",
  "/proc/sys/net/ipv6/conf/sp-web/accept_ra 0",
  "ip -6 route append local ::1/128 dev sp-web table local: ",
];

test("the host's end answers its own clients, and tells and believes nothing more", async () => {
  assert.deepEqual(await care(), settings);
});

test("what the kernel does not have is passed over: IPv6, or a link that has ended", async () => {
  assert.deepEqual(await care({}, { exists: (path) => path.includes("ipv4") }), settings.slice(0, 2));
  assert.deepEqual(await care({}, { exists: () => false }), []);
});

test("beside another interface, answers go back by the link", async () => {
  const done = await care({ isSecond: true });
  assert.deepEqual(done.slice(settings.length), [
    "nsenter --net=/proc/self/fd/3 ip -4 -batch -: rule add from 198.18.0.42 lookup 6880 priority 1000\nroute add default via 198.18.0.41 dev host0 table 6880",
    "nsenter --net=/proc/self/fd/3 ip -6 -batch -: rule add from fd12:0:0:a::2 lookup 6880 priority 1000\nroute add default via fd12:0:0:a::1 dev host0 table 6880",
  ]);
});

test("a sandbox that nobody could reach does not start, unless it has ended", async () => {
  const run = (): Promise<{ status: number; output: string }> =>
    Promise.resolve({ status: 2, output: "RTNETLINK answers: Operation not permitted" });
  await assert.rejects(
    care({ isSecond: true }, { run }),
    /the routes of the link of web cannot be set: RTNETLINK answers: Operation not permitted/,
  );
  await care({ isSecond: true }, { run, isRunning: () => false });
  assert.deepEqual(await care({ isSecond: true }, { openNetwork: () => undefined }), settings);
});
