import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SandboxError } from "../../../base/errors.ts";
import { parseConf } from "../../../conf/parse-conf.ts";
import { applyAssignments, parseAssignment } from "../../../helpers/command/conf/assignments.ts";
import { readValues, writeValues } from "../../../helpers/command/conf/edit-conf-text.ts";
import { orOwnError } from "./bounds.ts";
import { anyLine, type Line, writtenConf } from "./confs.ts";
import { nearTo } from "./hostile.ts";
import { runs } from "./runs.ts";

const text = fc.oneof(
  writtenConf.map((conf) => conf.text),
  nearTo(
    "# a\n[Sandbox]\nUnit=a.service\n; b\nPackage = x\n\n[Network]\nPublish=1:2\n# c\nPublish=3:4\n",
    "[Service]\nExecStartPost=/bin/a \\\n# no part of it\n  b\nRestart=always\n[Unit]\nAfter=a.service",
  ),
);
const edit = fc.tuple(anyLine, fc.array(anyLine, { maxLength: 3 })).map(([{ section, key, value }, more]) => ({
  section,
  key,
  values: [value, ...more.map((line) => line.value)].filter((each) => each !== ""),
}));

test("the values that are set are the values that are read, in their order", () => {
  fc.assert(
    fc.property(text, edit, (before, { section, key, values }) => {
      assert.deepEqual(readValues(writeValues(before, section, key, values), section, key), values);
    }),
    runs(),
  );
});

test("setting the same again changes nothing", () => {
  fc.assert(
    fc.property(text, edit, (before, { section, key, values }) => {
      const after = writeValues(before, section, key, values);
      assert.equal(writeValues(after, section, key, values), after);
      const now = readValues(before, section, key);
      assert.equal(
        writeValues(before, section, key, now),
        before.endsWith("\n") || before === "" ? before || "\n" : `${before}\n`,
      );
    }),
    runs(),
  );
});

test("every comment and every other line stays, in its order", () => {
  fc.assert(
    fc.property(text, edit, (before, { section, key, values }) => {
      const after = writeValues(before, section, key, values);
      assert.deepEqual(comments(after), comments(before));
      const isOther = (line: Line): boolean => line.section !== section || line.key !== key;
      const others = (each: string): readonly string[] =>
        parseConf(each, "x")
          .lines.filter(isOther)
          .map((line) => `[${line.section}] ${line.key}=${line.value}`);
      assert.deepEqual(others(after), others(before));
    }),
    runs(),
  );
});

const comments = (conf: string): readonly string[] => conf.split("\n").filter((line) => /^\s*[#;]/.test(line));

test("an assignment changes its own key and nothing else, or is refused", () => {
  const words = nearTo(
    "MemoryMax=1G",
    "Publish+=8080:80",
    "Service.Restart=always",
    "Publish-=1:2",
    "Package=a\\",
    "Unit.After=x \\",
  );
  fc.assert(
    fc.property(text, words, (before, word) => {
      const assignment = orOwnError(() => parseAssignment(word), [SandboxError]);
      if (assignment === undefined) return;
      const after = orOwnError(() => applyAssignments(before, [assignment]), [SandboxError]);
      if (after === undefined) return;
      const { section, key } = assignment;
      const others = (each: string): readonly string[] =>
        parseConf(each, "x")
          .lines.filter((line) => line.section !== section || line.key !== key)
          .map((line) => `[${line.section}] ${line.key}=${line.value}`);
      assert.deepEqual(others(after), others(before));
    }),
    runs(),
  );
});

test("what is added and taken away again leaves the values as they were", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 65_535 }), (before, port) => {
      const value = `${port}:${port}`;
      fc.pre(!readValues(before, "Network", "Publish").includes(value));
      const added = applyAssignments(before, [parseAssignment(`Publish+=${value}`)]);
      const gone = applyAssignments(added, [parseAssignment(`Publish-=${value}`)]);
      assert.deepEqual(readValues(gone, "Network", "Publish"), readValues(before, "Network", "Publish"));
    }),
    runs(),
  );
});
