import assert from "node:assert/strict";
import { test } from "node:test";
import { resourceKeys } from "../../../conf/keys/systemd-keys.ts";
import { isSettingName, settingNames, settings } from "../../../conf/settings.ts";

test("every setting is explained in one line", () => {
  for (const name of settingNames) assert.match(settings[name].help, /^[^\n]{10,100}\.$/, name);
});

test("a key has one meaning: it is a setting or a limit", () => {
  const all = [...settingNames, ...resourceKeys.keys()];
  assert.equal(new Set(all).size, all.length);
});

test("names that every object has are no settings", () => {
  for (const name of ["__proto__", "constructor", "toString"]) assert.equal(isSettingName(name), false, name);
});

test("a setting depends on settings that exist, and not on itself", () => {
  for (const name of settingNames)
    for (const other of settings[name].dependsOn) assert.ok(isSettingName(other) && other !== name, `${name} ${other}`);
});

test("an option writes one setting", () => {
  const all = settingNames.flatMap((name) => settings[name].options.flatMap((option) => option.split(", ")));
  assert.equal(new Set(all).size, all.length);
});

test("every word that a setting takes is a value of it", () => {
  for (const name of settingNames)
    for (const word of settings[name].words) assert.doesNotThrow(() => settings[name].parse(word), `${name}=${word}`);
});
