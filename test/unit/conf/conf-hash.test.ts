import assert from "node:assert/strict";
import { test } from "node:test";
import { hashConf, hashText } from "../../../conf/conf-hash.ts";
import { settingNames, settings } from "../../../conf/settings.ts";
import { confOf } from "./conf-of.ts";

const hashOf = (more: string): string => hashConf(confOf(`[Sandbox]\nUnit=apache2.service\n${more}`));

test("the hash is 64-bit FNV-1a", () => {
  // http://www.isthe.com/chongo/src/fnv/test_fnv.c
  assert.equal(hashText(""), "cbf29ce484222325");
  assert.equal(hashText("a"), "af63dc4c8601ec8c");
  assert.equal(hashText("foobar"), "85944171f73967e8");
});

test("it changes with every setting", () => {
  const conf = confOf("[Sandbox]\nExec=/bin/true\n");
  for (const name of settingNames) {
    const hashes = ["one", "two"].map((value) =>
      hashConf({ ...conf, [name]: settings[name].repeats ? [value] : value }),
    );
    assert.equal(new Set([hashConf(conf), ...hashes]).size, 3, name);
  }
});

test("it changes with every limit", () => {
  const texts = ["", "[Resources]\nMemoryMax=1G", "[Resources]\nMemoryMax=2G", "[Resources]\nTasksMax=9"];
  assert.equal(new Set(texts.map(hashOf)).size, texts.length);
});

test("it stays with the place and the spelling, and with what is passed through to the unit", () => {
  for (const same of ["# comment", "Copy=no", "[Unit]\nAfter=x.service", "[Service]\nRestart=always"]) {
    assert.equal(hashOf(same), hashOf(""), same);
  }
});
