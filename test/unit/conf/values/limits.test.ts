import assert from "node:assert/strict";
import { test } from "node:test";
import { isSandboxName, parseSandboxName } from "../../../../base/sandbox-name.ts";
import { parseCapability, parseImage, parseSystemCallFilter } from "../../../../conf/values/kinds.ts";
import { parseLabel } from "../../../../conf/values/label.ts";
import { parseMount, parseSize } from "../../../../conf/values/mount.ts";
import {
  parseInterfaceAddress,
  parseIpAddress,
  parseMacAddress,
  parseNetwork,
  parseRoute,
} from "../../../../conf/values/network.ts";
import { parseListen, parsePublish } from "../../../../conf/values/publish.ts";
import {
  parseAccount,
  parseBoolean,
  parseContentUnit,
  parseFileType,
  parseFilter,
  parseIdBase,
  parseLevel,
  parsePackage,
  parsePath,
  parseTimeSpan,
  parseUnitName,
} from "../../../../conf/values/values.ts";

type Parse = (text: string) => unknown;

const refuses = (parse: Parse, ...texts: readonly string[]): void => {
  for (const text of texts) assert.throws(() => parse(text), JSON.stringify(text));
};

const accepts = (parse: Parse, ...texts: readonly string[]): void => {
  for (const text of texts) assert.doesNotThrow(() => parse(text), JSON.stringify(text));
};

test("a value is all that is written: nothing may stand before or behind it", () => {
  const values: readonly (readonly [Parse, ...string[]])[] = [
    [parseAccount, "www-data", "33"],
    [parseBoolean, "yes", "no", "y", "n", "t", "f"],
    [parseCapability, "+kill"],
    [parseContentUnit, "a.service"],
    [parseFileType, "a_t"],
    [parseFilter, "clean-traffic"],
    [parseIdBase, "524288"],
    [parseImage, "16M"],
    [parseInterfaceAddress, "dhcp", "192.0.2.7/24", "2001:db8::7/64"],
    [parseIpAddress, "192.0.2.7", "2001:db8::7"],
    [parseLabel, "none", "a:b:c:s0", "our-web", "static a:b:c:s0", "dynamic,label=a:b:c:s0"],
    [parseLevel, "s0:c1,c2"],
    [parseListen, "80", "[::1]:53/udp"],
    [parseMacAddress, "52:54:00:00:00:01"],
    [parseMount, "ram:/srv=1M"],
    [parseNetwork, "none", "default", "bridge:br0"],
    [parsePackage, "a"],
    [parsePublish, "80:80", "127.0.0.1:80:80/tcp"],
    [parseRoute, "10.0.0.0/8 via 192.0.2.1"],
    [parseSandboxName, "web1"],
    [parseSize, "4096", "4K"],
    [parseSystemCallFilter, "@mount", "~bpf"],
    [parseTimeSpan, "90s"],
    [parseUnitName, "a.service"],
  ];
  for (const [parse, ...texts] of values) {
    accepts(parse, ...texts);
    for (const text of texts) refuses(parse, `#${text}`, `${text}#`);
  }
});

test("a name is as long as Linux, systemd or libvirt have room for", () => {
  const letters = (count: number): string => "a".repeat(count);
  const names: readonly (readonly [Parse, string, string])[] = [
    [parseUnitName, `${letters(247)}.service`, `${letters(248)}.service`],
    [parseAccount, letters(32), letters(33)],
    [parseAccount, "1".repeat(10), "1".repeat(11)],
    [parseFilter, letters(64), letters(65)],
    [parseNetwork, letters(64), letters(65)],
    [parseNetwork, `bridge:${letters(15)}`, `bridge:${letters(16)}`],
    [parseSandboxName, letters(64), letters(65)],
  ];
  for (const [parse, longest, longer] of names) {
    accepts(parse, longest);
    refuses(parse, longer);
  }
});

test("a name begins with what no option and no hidden file begins with", () => {
  for (const parse of [parseFilter, parseNetwork, parseSandboxName, parsePackage]) {
    accepts(parse, "a", "Z9", "0a", "a.b-c_d");
    refuses(parse, "-a", ".a", "_a", "");
  }
  accepts(parseNetwork, "bridge:_a", "bridge:a");
  accepts(parseAccount, "_a", "0");
  accepts(parseFileType, "a", "Z9");
  refuses(parseAccount, "1a", ".a");
  refuses(parseFileType, "1a", "_a");
  assert.equal(isSandboxName("defaults"), false);
  assert.throws(() => parseSandboxName("defaults"), /is reserved/);
});

test("every kind of unit has a name, and those that do something are content", () => {
  for (const kind of ["service", "socket", "target", "timer", "path"]) accepts(parseContentUnit, `a.${kind}`);
  for (const kind of ["mount", "automount", "swap", "slice", "device", "scope"]) {
    accepts(parseUnitName, `a.${kind}`);
    refuses(parseContentUnit, `a.${kind}`);
  }
});

test("ids are whole ranges of those that systemd sets aside for containers", () => {
  assert.equal(parseIdBase("524288"), 524_288);
  assert.equal(parseIdBase("1878982656"), 1_878_982_656);
  refuses(parseIdBase, "458752", "1879048192", "524289", "589823", "00000524288", "");
});

test("a level has two of the 1024 categories, the lower first", () => {
  assert.equal(parseLevel("s0:c0,c1023"), "s0:c0,c1023");
  assert.equal(parseLevel("s0:c10,c9"), "s0:c9,c10");
  refuses(parseLevel, "s0:c1,c1024", "s0:c7,c7", "s0:c00001,c2", "s0:c1,c00002", "s0:c1", "s1:c1,c2");
});

test("a time has the words of systemd, and up to nine digits each", () => {
  const words = {
    "1s": 1,
    "2sec": 2,
    "2m": 120,
    "2min": 120,
    "2h": 7200,
    "2hr": 7200,
    "2d": 172_800,
    "999999999": 999_999_999,
  };
  for (const [text, seconds] of Object.entries(words)) assert.equal(parseTimeSpan(text), seconds, text);
  // 2^64 microseconds, rounded down to seconds, is USEC_INFINITY.
  accepts(parseTimeSpan, "213503982d 8h 1min 48s");
  assert.throws(() => parseTimeSpan("213503982d 8h 1min 49s"), /longer than systemd can count/);
  refuses(parseTimeSpan, "1000000000", "0s", "1 2x", "1h 5.5m", "1h 1000000000s");
});

test("a size is at least a page and at most what a number can count, rounded down", () => {
  const sizes = { "4096": 4096, "4k": 4096, "4.1K": 4198, "1M": 1024 ** 2, "1G": 1024 ** 3, "8191T": 8191 * 1024 ** 4 };
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseSize(text), bytes, text);
  accepts(parseSize, "1".repeat(15), "4.123456789K");
  refuses(parseSize, "4095", "8192T", "4.K", ".5M", "0".repeat(12) + "4096", "4.1234567891K");
});

test("an image has whole blocks, from 16M to less than 16T", () => {
  assert.equal(parseImage("16M"), 16 * 1024 ** 2);
  assert.equal(parseImage("16777217"), 16 * 1024 ** 2 + 4096);
  assert.equal(parseImage("16383G"), 16_383 * 1024 ** 3);
  refuses(parseImage, "16773120", "16T", "4095");
});

test("a port is from 1 to 65535, and is written with at most five digits", () => {
  assert.deepEqual([parsePublish("1:65535").hostPort, parsePublish("1:65535").port], [1, 65_535]);
  assert.equal(parseListen("65535").hostPort, 65_535);
  accepts(parsePublish, "255.255.255.255:80:80", "[2001:db8::7]:80:80");
  accepts(parseListen, "[2001:DB8::7]:80", "10.0.0.1:80/tcp");
  refuses(
    parsePublish,
    "000080:80",
    "80:000080",
    "0:80",
    "80:0",
    "65536:80",
    "80:65536",
    "1.2.3:80:80",
    "1.2.3.4.5:80:80",
  );
  refuses(parseListen, "000080", "0", "65536", "1.2.3:80", "1.2.3.4.5:80", "1234.2.3.4:80");
});

test("an address is a host's, up to the last one before multicast: 220 to 223 were refused as well", () => {
  accepts(
    parseInterfaceAddress,
    "1.0.0.1/8",
    "126.0.0.1/8",
    "128.0.0.1/1",
    "219.0.0.1/24",
    "220.0.0.1/24",
    "223.255.255.254/32",
  );
  refuses(
    parseInterfaceAddress,
    "0.1.2.3/8",
    "127.1.2.3/8",
    "224.0.0.1/4",
    "229.0.0.1/4",
    "230.0.0.1/4",
    "250.0.0.1/4",
  );
  accepts(parseInterfaceAddress, "2001:db8::1/128", "::2/128", "fe80::1/1", "::1:1/64");
  refuses(parseInterfaceAddress, "::/128", "::1/128", "ff00::1/8", "fe80::1/0", "fe80::1/0064");
});

test("paths are the same without a slash at their end, and / is one", () => {
  assert.equal(parsePath("/a/"), "/a");
  assert.equal(parsePath("/"), "/");
});
