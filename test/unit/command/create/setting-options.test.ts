import assert from "node:assert/strict";
import test from "node:test";
import { Command } from "commander";
import { settingNames } from "../../../../conf/settings.ts";
import { placeSettings, readSettingLines, settingOptions } from "../../../../helpers/command/create/setting-options.ts";

function lines(...words: readonly string[]): readonly string[] {
  const command = new Command("create").exitOverride();
  const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  for (const [names, { help }] of Object.entries(settingOptions())) command.option(names, help, collect, []);
  command.parse(words, { from: "user" });
  return readSettingLines(command.opts()).map(({ key, value }) => `${key}=${value}`);
}

test("every option is a setting, also by its letter, and may repeat where the setting may", () => {
  assert.deepEqual(lines("-P", "php", "--package=perl", "-i", "2G", "-f", "container_file_t"), [
    ...["Package=php", "Package=perl", "Image=2G", "FileType=container_file_t"],
  ]);
  assert.deepEqual(lines("-U", "www-data", "-G", "33", "--homedir", "/srv", "-m", "ram:/cache=64M"), [
    ...["Mount=ram:/cache=64M", "User=www-data", "Group=33", "Home=/srv"],
  ]);
});

test("a network is named, or said in the words of virt-sandbox-service", () => {
  assert.deepEqual(lines("-N", "bridge:br0"), ["Network=bridge:br0"]);
  assert.deepEqual(lines("-N", "dhcp"), ["Network=default", "Address=dhcp"]);
  assert.deepEqual(lines("-N", "dhcp,source=lan"), ["Address=dhcp", "Network=lan"]);
  assert.deepEqual(
    lines("-N", "source=lan,address=192.0.2.5/24%192.0.2.255,route=198.51.100.0/24%192.0.2.1,mac=52:54:00:00:00:01"),
    ["Network=lan", "Address=192.0.2.5/24", "Route=198.51.100.0/24 via 192.0.2.1", "MacAddress=52:54:00:00:00:01"],
  );
});

test("a wrong value is refused as the option's", () => {
  for (const [words, message] of [
    [["--imagesize", "big"], /^--imagesize=big: /],
    [["-m", "host-bind:/usr=/x"], /^--mount=host-bind:\/usr=\/x: nothing can be mounted on/],
    [["-N", "dhcp,gateway=1"], /^--network=dhcp,gateway=1: `gateway=1` is not dhcp, source=/],
    [["--homedir", "/srv/\\"], /^--homedir=\/srv\/\\: a backslash at the end/],
    [["--listen", "x"], /^--listen=x: expected/],
    [["--address", "1.2.3.4/24\\"], /^--address=.*backslash/],
    [["-s", "non:sense"], /^--security=non:sense: expected dynamic/],
  ] as const)
    assert.throws(() => lines(...words), { message, status: 2 });
});

test("help says what the setting is, and in a copy also whose values it replaces", () => {
  const helpOf = (option: string, keys = settingNames, more = "") =>
    Object.entries(settingOptions(keys, more)).find(([names]) => names.includes(`${option} <`))?.[1].help;
  assert.equal(helpOf("--package"), "another package whose files belong in the root; may repeat");
  assert.equal(helpOf("--username"), "the same as --uid, for compatibility with virt-sandbox-service");
  assert.match(helpOf("--mount") ?? "", /inside: host-bind:.*=64M; may repeat$/);
  assert.match(helpOf("--network") ?? "", /bridge:INTERFACE; also dhcp,/);
  const [address, mount] = ["--address", "--mount"].map((option) => helpOf(option, placeSettings, ", here"));
  assert.equal(address, "dhcp, or an address with its subnet, here; may repeat");
  assert.equal(mount, undefined);
});
