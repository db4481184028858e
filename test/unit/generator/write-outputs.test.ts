import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writeOutputs } from "../../../generator/output.ts";
import { makeRoot } from "../conf/roots.ts";

test("files and links are written, with their folders, and nothing else is left", () => {
  const { path } = makeRoot({});
  const problems = writeOutputs(path, [
    { kind: "file", path: "a.service.d/x.conf", text: "x" },
    { kind: "link", path: "b.target.wants/a.service", target: "/a" },
  ]);
  assert.deepEqual(problems, []);
  assert.equal(readFileSync(join(path, "a.service.d/x.conf"), "utf8"), "x");
  assert.equal(readlinkSync(join(path, "b.target.wants/a.service")), "/a");
  assert.deepEqual(readdirSync(path, { recursive: true }).sort(), [
    "a.service.d",
    "a.service.d/x.conf",
    "b.target.wants",
    "b.target.wants/a.service",
  ]);
});

test("one that cannot be written is told, and does not keep the others from it", () => {
  const { path } = makeRoot({ "a.service.d": "in the way" });
  const problems = writeOutputs(path, [
    { kind: "file", path: "a.service.d/x.conf", text: "x" },
    { kind: "file", path: "b.service", text: "y" },
  ]);
  assert.match(problems.join(), /^[^,]*a\.service\.d\/x\.conf cannot be written \(E/);
  assert.equal(readFileSync(join(path, "b.service"), "utf8"), "y");
});
