import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SandboxError } from "../../../base/errors.ts";
import { isSandboxName, parseSandboxName } from "../../../base/sandbox-name.ts";
import { findNearest, formatSize } from "../../../base/text.ts";
import { settingNames, settings } from "../../../conf/settings.ts";
import { splitWords } from "../../../conf/values/exec.ts";
import { parseImage } from "../../../conf/values/kinds.ts";
import { isWithin, parseMount } from "../../../conf/values/mount.ts";
import {
  describeNetwork,
  fromBits,
  isInSubnet,
  parseIpAddress,
  parseNetwork,
  toBits,
} from "../../../conf/values/network.ts";
import {
  describePublish,
  eachPort,
  isSocketOf,
  parseListen,
  parsePublish,
  publishSamePlace,
} from "../../../conf/values/publish.ts";
import { parseTimeSpan, ValueError } from "../../../conf/values/values.ts";
import { orOwnError } from "./bounds.ts";
import { validValues } from "./confs.ts";
import { anyText, nearTo } from "./hostile.ts";
import { testReaders } from "./readers/reader.ts";
import { runs } from "./runs.ts";

const sample = (setting: keyof typeof validValues): readonly [string, ...string[]] => {
  const [first = "", ...more] = fc.sample(validValues[setting], { numRuns: 5, seed: 1 });
  return [first, ...more];
};

testReaders(
  ...settingNames.map((name) => ({
    name: `${name}=`,
    read: (text: string) => settings[name].parse(text),
    examples: sample(name),
    errors: [ValueError],
  })),
  { name: "words of a command", read: splitWords, examples: [`a "b c" 'd\\'' \\x41\\n e"f"g`], errors: [ValueError] },
  { name: "the name of a sandbox", read: parseSandboxName, examples: ["web1", "a.b_c-d"], errors: [SandboxError] },
  {
    name: "the nearest name",
    read: (text) => findNearest(text, ["Publish", "toString", ...settingNames]),
    examples: ["Pubblish"],
  },
);

/** Asserts that a value which is printed as it was understood is understood as the same. */
function printsAndParses<T>(
  name: keyof typeof validValues,
  parse: (text: string) => T,
  print: (value: T) => string,
): void {
  test(`${name}= is the same after it is printed and read`, () => {
    fc.assert(
      fc.property(fc.oneof(validValues[name], nearTo(...sample(name))), (text) => {
        const value = orOwnError(() => parse(text), [ValueError]);
        if (value !== undefined) assert.deepEqual(parse(print(value)), value);
      }),
      runs(),
    );
  });
}

printsAndParses("Network", parseNetwork, describeNetwork);
printsAndParses("Image", parseImage, formatSize);
printsAndParses("DNS", parseIpAddress, ({ text }) => text);
printsAndParses("Level", settings.Level.parse, String);
printsAndParses("MacAddress", settings.MacAddress.parse, String);
printsAndParses("HostIds", settings.HostIds.parse, String);
printsAndParses("Home", settings.Home.parse, String);
printsAndParses("Capabilities", settings.Capabilities.parse, ({ sign, name }) => `${sign}${name}`);
printsAndParses(
  "SystemCallFilter",
  settings.SystemCallFilter.parse,
  ({ denies, words }) => `${denies ? "~" : ""}${words.join(" ")}`,
);
printsAndParses("Publish", parsePublish, describePublish);
printsAndParses("LinkRange", settings.LinkRange.parse, ({ text, prefix }) => `${text}/${prefix}`);
printsAndParses(
  "Listen",
  parseListen,
  ({ address, hostPort, protocol }) => `${address === undefined ? "" : `${address}:`}${hostPort}/${protocol}`,
);

test("an address is as many bits as its family has, and in its own subnets only", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128), (text, bits) => {
      const address = orOwnError(() => parseIpAddress(text), [ValueError]);
      if (address === undefined) return;
      const length = address.family === 4 ? 32 : 128;
      assert.ok(toBits(address) >= 0n && toBits(address) < 1n << BigInt(length));
      assert.ok(isInSubnet(address, { ...address, prefix: Math.min(bits, length) }));
      assert.deepEqual(fromBits(address.family, toBits(address)), address);
    }),
    runs(),
  );
});

test("the ports of two ranges meet if and only if the ranges do", () => {
  const publish = validValues.Publish.map(parsePublish);
  fc.assert(
    fc.property(publish, publish, (one, other) => {
      const near = { ...other, hostPort: Math.max(1, (one.hostPort + other.hostPort) % 1024) };
      const start = { ...one, hostPort: (one.hostPort % 1024) + 1 };
      const ports = new Set(eachPort(start).map(({ hostPort }) => hostPort));
      const meet = eachPort(near).some(({ hostPort }) => ports.has(hostPort));
      const sameFirst = publishSamePlace({ ...start, count: 1 }, { ...near, hostPort: start.hostPort, count: 1 });
      assert.equal(publishSamePlace(start, near), meet && sameFirst);
      assert.equal(publishSamePlace(near, start), publishSamePlace(start, near));
      for (const each of eachPort(one)) assert.equal(each.port - each.hostPort, one.port - one.hostPort);
    }),
    runs(),
  );
});

test("a time is one that systemd has room for", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(999_999_999), fc.constantFrom("", "s", "min", "h", "d")), { minLength: 1 }),
      (parts) => {
        const text = parts.map(([number, unit]) => `${number}${unit}`).join(" ");
        const seconds = orOwnError(() => parseTimeSpan(text), [ValueError]);
        // USEC_INFINITY of systemd is 2^64 - 1 microseconds.
        if (seconds !== undefined) assert.ok(seconds >= 1 && seconds < 2 ** 64 / 1e6, String(seconds));
      },
    ),
    runs(),
  );
});

test("no mount covers what the host or PID 1 mounts, or shows what is ours", () => {
  const ours = ["/etc/sandboxcontainer", "/run/host", "/run/sandboxcontainer", "/var/lib/sandboxcontainer"];
  const near = nearTo(
    "host-bind:/srv/www=/data/www",
    "guest-bind:/usr/lib/x=/srv/x",
    "ram:/tmp/x=64M",
    "host-bind,suid:/run/x=/etc",
    "host-bind,ro:/run/systemd/x=/srv/x",
  );
  fc.assert(
    fc.property(near, (text) => {
      const mount = orOwnError(() => parseMount(text), [ValueError]);
      if (mount === undefined) return;
      const paths = "source" in mount ? [mount.target, mount.source] : [mount.target];
      for (const path of paths) assert.ok(path.startsWith("/") && !path.split("/").includes(".."), path);
      assert.ok(mount.target !== "/" && !["/proc", "/sys", "/dev"].some((top) => isWithin(mount.target, top)));
      const ofRun = mount.kind === "host-bind" ? ["/run/host", "/run/systemd", "/run/sandboxcontainer"] : ["/run"];
      assert.ok(mount.target !== "/run" && !ofRun.some((top) => isWithin(mount.target, top)), mount.target);
      assert.ok(mount.kind === "guest-bind" || !isWithin(mount.target, "/usr"));
      if (mount.kind === "host-bind" || mount.kind === "host-image")
        assert.ok(!ours.some((own) => isWithin(own, mount.source) || isWithin(mount.source, own)));
    }),
    runs(),
  );
});

test("a socket belongs to one sandbox, whatever the names are", () => {
  const name = fc.constantFrom("a", "a-1", "a-1.2", "a-listen", "sandbox-a", "a.1").map(parseSandboxName);
  fc.assert(
    fc.property(
      name,
      name,
      fc.constantFrom("80", "8080.81", "80.udp", "80.81.link", "80.81.proxy", "listen"),
      (one, other, what) => {
        const unit = `sandbox-${one}-${what}.socket`;
        assert.ok(isSocketOf(one, unit));
        assert.ok(one === other || !isSocketOf(other, unit), `${unit} ${other}`);
      },
    ),
    runs(),
  );
});

test("what is a name for a sandbox is a name for a file, a unit and a host", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      if (isSandboxName(text)) assert.match(text, /^(?!\.)[\w.-]{1,64}$/);
    }),
    runs(),
  );
});
