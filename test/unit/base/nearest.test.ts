import assert from "node:assert/strict";
import { test } from "node:test";
import { findNearest } from "../../../base/text.ts";

test("one slip of each kind is forgiven", () => {
  for (const slip of ["Packge", "Pakcage", "Packkage", "Packafe", "PACKAGE"]) {
    assert.equal(findNearest(slip, ["Publish", "Package"]), "Package", slip);
  }
});

test("of a word of four letters one slip is forgiven, of a longer one two", () => {
  for (const slip of ["abdc", "abc", "acd", "abxcd", "abxd"]) assert.equal(findNearest(slip, ["abcd"]), "abcd", slip);
  for (const slips of ["abxy", "bacx", "bxcd", "cabd"]) assert.equal(findNearest(slips, ["abcd"]), undefined, slips);
  for (const slips of ["abxye", "abcdefg", "baced", "bacxe"])
    assert.equal(findNearest(slips, ["abcde"]), "abcde", slips);
  for (const slips of ["axyze", "abxyze", "badxe", "abc"])
    assert.equal(findNearest(slips, ["abcde"]), undefined, slips);
  assert.equal(findNearest("a", ["xy"]), undefined);
});

test("a swap is one of two neighbours, both of which were wrong", () => {
  assert.equal(findNearest("mxan", ["mayn"]), undefined);
  assert.equal(findNearest("maxn", ["myan"]), undefined);
});

test("the nearer candidate wins, and of two equally near the first", () => {
  assert.equal(findNearest("web1", ["web22", "web2", "web3"]), "web2");
});

test("what is far from all has no nearest", () => {
  assert.equal(findNearest("Volume", ["Publish", "Package"]), undefined);
  assert.equal(findNearest("ab", ["xy"]), undefined);
  assert.equal(findNearest("", ["Unit"]), undefined);
});

test("a very long word costs nothing", () => {
  assert.equal(findNearest("x".repeat(1_000_000), ["Unit"]), undefined);
});
