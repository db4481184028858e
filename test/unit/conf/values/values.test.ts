import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseAccount,
  parseBoolean,
  parseContentUnit,
  parseFileType,
  parsePackage,
  parsePath,
  parseTimeSpan,
  parseUnitName,
} from "../../../../conf/values/values.ts";

const refuses = (parse: (text: string) => unknown, ...texts: readonly string[]): void => {
  for (const text of texts) assert.throws(() => parse(text), { name: "ValueError" }, JSON.stringify(text));
};

test("booleans are systemd's", () => {
  for (const yes of ["yes", "true", "on", "1", "Yes"]) assert.equal(parseBoolean(yes), true);
  for (const no of ["no", "false", "off", "0", "NO"]) assert.equal(parseBoolean(no), false);
  refuses(parseBoolean, "maybe", "", "2");
});

test("a unit name is full, without slashes", () => {
  assert.equal(parseUnitName("postgresql@17-main.service"), "postgresql@17-main.service");
  refuses(
    parseUnitName,
    "apache2",
    "../x.service",
    "a b.service",
    ".service",
    ".x.service",
    `${"x".repeat(250)}.service`,
  );
});

test("a sandbox boots units that do something, and of a template its instance", () => {
  assert.equal(parseContentUnit("ssh.socket"), "ssh.socket");
  refuses(parseContentUnit, "postgresql@.service", "dev-sda.device", "system.slice", "a.service.mount");
});

test("paths are absolute and as short as they can be written", () => {
  assert.equal(parsePath("/srv/www"), "/srv/www");
  assert.equal(parsePath("/srv/www/"), "/srv/www");
  refuses(parsePath, "srv", "/srv/../etc", "/srv//www", "/srv/.", "");
});

test("accounts, packages and types are words", () => {
  assert.equal(parseAccount("www-data"), "www-data");
  assert.equal(parseAccount("33"), "33");
  refuses(parseAccount, "-x", "a b", "a:b", "x".repeat(33));
  assert.equal(parsePackage("libstdc++6:amd64"), "libstdc++6:amd64");
  refuses(parsePackage, "a b", "-o", "../x");
  assert.equal(parseFileType("container_file_t"), "container_file_t");
  refuses(parseFileType, "a:b", "a b");
});

test("a time span is in systemd's words, and at least a second", () => {
  const spans = { "30": 30, "90s": 90, "5min": 300, "1h 30min": 5400, "1h30min": 5400, "2 d": 172_800 };
  for (const [text, seconds] of Object.entries(spans)) assert.equal(parseTimeSpan(text), seconds, text);
  for (const text of ["", "0", "5 fortnights", "-1", "1.5h", "min", "1h x", "infinity"])
    assert.throws(() => parseTimeSpan(text), /^ValueError: expected a time of at least one second/, text);
});

test("a time span is one that systemd can count: with IdleStopSec=999999999d no proxy started", () => {
  refuses(parseTimeSpan, "999999999d", "213503982d 9h");
  assert.equal(parseTimeSpan("213503982d"), 213_503_982 * 86_400);
});
