import assert from "node:assert/strict";
import { test } from "node:test";
import { resourceKeys } from "../../../../generator/conf/keys/resource-keys.ts";
import { isSettingName, settingNames, settings } from "../../../../generator/conf/settings.ts";

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
