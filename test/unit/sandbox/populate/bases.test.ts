import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { formatBases, parseBases } from "../../../../helpers/sandbox/populate/service-packages.ts";
import { digestOf } from "../../../../helpers/sandbox/tree/look-up.ts";

const text = "a line\n";
const digest = digestOf([Buffer.from(text)]);

test("bases come back as they were written", () => {
  const bases = new Map([[digest, text]]);
  assert.deepEqual(parseBases(formatBases(bases)), bases);
});

test("A1: bases that lie about their content, or are too many, are none", () => {
  const wrong = [
    ...["null", "[]", "x", `{"${digest}":1}`, `{"${digest}":"another"}`, `{"__proto__":"x"}`, '{"../x":"x"}'].map(
      (json) => gzipSync(json),
    ),
    ...[Buffer.from("x"), gzipSync(Buffer.alloc(2 ** 27 + 1, " "))],
  ];
  for (const bytes of wrong) assert.equal(parseBases(bytes), undefined, bytes.toString("latin1", 0, 20));
});
