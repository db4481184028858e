import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPopulation, hashText } from "../../../generator/populate-hash.ts";
import { confOf } from "./conf-of.ts";

const hashOf = (more: string): string => hashPopulation(confOf(`[Sandbox]\nUnit=apache2.service\n${more}`));

test("the hash is 64-bit FNV-1a", () => {
  // http://www.isthe.com/chongo/src/fnv/test_fnv.c
  assert.equal(hashText(""), "cbf29ce484222325");
  assert.equal(hashText("a"), "af63dc4c8601ec8c");
  assert.equal(hashText("foobar"), "85944171f73967e8");
});

test("it changes with what decides what is in the root", () => {
  const texts = [
    "",
    "Unit=b.service",
    "Package=php",
    "Copy=yes",
    "[Security]\nUserNamespace=no",
    "[Security]\nFileType=a_t",
    "[Security]\nLabel=none",
  ];
  assert.equal(new Set(texts.map(hashOf)).size, texts.length);
});

test("it stays with everything else, and with the place and the spelling", () => {
  for (const same of [
    "# comment",
    "Copy=no",
    "Mount=ram:/x=1M",
    "[Network]\nPublish=80:80",
    "[Resources]\nMemoryMax=1G",
    "[Unit]\nAfter=x.service",
  ]) {
    assert.equal(hashOf(same), hashOf(""), same);
  }
});
