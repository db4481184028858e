import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError, SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { parseSubnet } from "../../../../conf/values/network.ts";
import type { Link } from "../../../../helpers/run/ports/plan-ports.ts";
import { loadPorts, openPorts, type PortsHost, preparePorts } from "../../../../helpers/run/ports/set-up-ports.ts";
import { planOf } from "../plan/plan-of.ts";

const web = parseSandboxName("web");
const link: Link = {
  device: "sp-web",
  mac: "06:5b:6a:1f:0e:5c",
  addresses: [{ host: parseSubnet("198.18.0.41/30"), sandbox: parseSubnet("198.18.0.42/30") }],
  isSecond: false,
};
const rules = { link: "link rules\n", open: "open rules\n", shut: "shut rules\n", close: "close rules\n" };
const plan = planOf({ ports: { link, rules, taken: [] } });
const onDemand = { ...plan, awaited: [{ protocol: "tcp", port: 80, byLink: true }] } as const;
const [forward4, forward6] = ["/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"] as const;
const router = { [forward4]: "1\n", [forward6]: "1\n" };

interface Scene extends Partial<PortsHost> {
  readonly settings?: Readonly<Record<string, string>>;
}

/** Fakes a host without problems, which records the steps. */
function fakeHost({ settings = router, ...fakes }: Scene = {}) {
  const done: string[] = [];
  const host: PortsHost = {
    refuse: (name) => {
      done.push(`refuse for ${name}`);
      return Promise.resolve();
    },
    deleteLink: (device) => {
      done.push(`delete ${device}`);
      return Promise.resolve(undefined);
    },
    readSetting: (path) => settings[path],
    writeSetting: (path, text) => done.push(`${path} ${text}`),
    writeRuntime: (name, file, text) => done.push(`${file} in /run of ${name}: ${text.trim()}`),
    load: (rules) => {
      done.push(`load: ${rules.trim()}`);
      return Promise.resolve({ status: 0, output: "" });
    },
    ...fakes,
  };
  return { host, done };
}

/** Both steps of a start. */
async function setUpPorts(...[name, plan, host]: Parameters<typeof loadPorts>): Promise<void> {
  await preparePorts(name, plan.ports, host);
  await loadPorts(name, plan, host);
}

const errorOf = async (scene: Scene) => {
  const { host, done } = fakeHost(scene);
  const error: unknown = await setUpPorts(web, plan, host).catch((reason: unknown) => reason);
  assert.ok(error instanceof SandboxError);
  return { said: describeError(error), done };
};

test("a sandbox without a link needs nothing", async () => {
  const { host, done } = fakeHost();
  await setUpPorts(web, planOf(), host);
  await openPorts(web, null, host);
  assert.deepEqual(done, []);
});

test("before anything runs, all is loaded at once, and what takes it back is written before", async () => {
  const { host, done } = fakeHost();
  await setUpPorts(web, plan, host);
  assert.deepEqual(done, [
    "refuse for web",
    "delete sp-web",
    "link in /run of web: DEVICE=sp-web\nLINK=198.18.0.42\nSOCKETS=2A0012C6|0000000000000000FFFF00002A0012C6",
    "nft-close in /run of web: close rules",
    "nft in /run of web: link rules\nopen rules",
    "load: link rules\nopen rules",
  ]);
});

test("on demand nothing leads to it until something listens", async () => {
  const { host, done } = fakeHost();
  await setUpPorts(web, onDemand, host);
  assert.deepEqual(done.slice(-2), ["nft in /run of web: link rules", "load: link rules"]);
  done.length = 0;
  await openPorts(web, plan.ports, host);
  assert.deepEqual(done, [
    "nft in /run of web: link rules\nopen rules",
    "load: link rules\nopen rules",
    "nft-shut in /run of web: shut rules",
  ]);
});

test("what did not open has nothing to shut", async () => {
  const { host, done } = fakeHost({ load: () => Promise.resolve({ status: 1, output: "File exists" }) });
  await assert.rejects(openPorts(web, plan.ports, host), {
    name: "SandboxError",
    message: /^the ports of web cannot be published/,
  });
  assert.deepEqual(done, ["nft in /run of web: link rules\nopen rules"]);
});

test("what is refused changes nothing", async () => {
  const { said, done } = await errorOf({ refuse: () => Promise.reject(new SandboxError("port 80 is in use")) });
  assert.deepEqual([said, done], ["port 80 is in use", []]);
});

test("an interface that an earlier start left and that stays fails the start", async () => {
  const { said, done } = await errorOf({ deleteLink: () => Promise.resolve("Operation not permitted") });
  assert.equal(said, "the interface sp-web of an earlier start cannot be deleted: Operation not permitted");
  assert.deepEqual(done, ["refuse for web"]);
});

test("rules that nft does not take fail the start, and can be taken back", async () => {
  const { said, done } = await errorOf({ load: () => Promise.resolve({ status: 1, output: "a\nb\nc\nd" }) });
  assert.equal(
    said,
    "the ports of web cannot be published: a b c. Is nftables installed? To do without it: PublishBy=proxy in the conf's [Network] section",
  );
  assert.ok(done.includes("nft-close in /run of web: close rules"));
});

test("a host that passes packets on already stays as it is", async () => {
  const { host, done } = fakeHost({ settings: { [forward4]: "1\n", [forward6]: "2\n" } });
  await setUpPorts(web, plan, host);
  assert.ok(!done.some((step) => step.startsWith("/proc")));
});

test("one that does not is made to, and goes on to believe the routers that it believed", async () => {
  const ra = (device: string): string => `/proc/sys/net/ipv6/conf/${device}/accept_ra`;
  const address = "fe800000000000000000000000000001 02 40 20 80";
  const settings = {
    [forward4]: "0\n",
    [forward6]: "0\n",
    "/proc/net/if_inet6": `${address}     eth0\n${address}   wlan.1\n${address}       lo\n`,
    ...{ [ra("eth0")]: "1\n", [ra("wlan.1")]: "0\n", [ra("lo")]: "2\n" },
  };
  const { host, done } = fakeHost({ settings });
  await setUpPorts(web, plan, host);
  assert.deepEqual(
    done.filter((step) => step.startsWith("/proc")),
    [`${forward4} 1`, `${ra("eth0")} 2`, `${forward6} 1`],
  );
});

test("a host without IPv6 is made to pass on IPv4", async () => {
  const { host, done } = fakeHost({ settings: { [forward4]: "0\n" } });
  await setUpPorts(web, plan, host);
  assert.deepEqual(
    done.filter((step) => step.startsWith("/proc")),
    [`${forward4} 1`],
  );
});

test("one that must not be changed fails the start, before anything is loaded", async () => {
  const writeSetting = (): never => {
    throw Object.assign(new Error("EROFS: read-only file system, open"), {
      code: "EROFS",
      syscall: "open",
      path: forward4,
    });
  };
  const { said, done } = await errorOf({ settings: { [forward4]: "0\n" }, writeSetting });
  assert.match(
    said,
    /^this host does not forward IPv4 packets, and .*ip_forward.* Allow it, or set PublishBy=proxy in the conf$/,
  );
  assert.ok(!done.some((step) => /^(nft|load)/.test(step)));
});
