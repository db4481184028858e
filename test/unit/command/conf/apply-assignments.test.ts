import assert from "node:assert/strict";
import { test } from "node:test";
import { applyAssignments, parseAssignment } from "../../../../helpers/command/conf/assignments.ts";

const apply = (text: string, ...words: readonly string[]): string => applyAssignments(text, words.map(parseAssignment));

test("a key finds its section, and one of two sections asks for it", () => {
  assert.deepEqual(parseAssignment("MemoryMax=1G"), { section: "Resources", key: "MemoryMax", how: "=", value: "1G" });
  assert.deepEqual(parseAssignment("Publish-=80:80"), {
    section: "Network",
    key: "Publish",
    how: "-=",
    value: "80:80",
  });
  assert.deepEqual(parseAssignment("Unit.X-Note+=a=b"), { section: "Unit", key: "X-Note", how: "+=", value: "a=b" });
  assert.throws(() => parseAssignment("StartLimitBurst=3"), /\[Unit\] and \[Service\]/);
});

test("nothing but one line can be set", () => {
  for (const text of ["", "=", "=1", "Exec", "Exec=/bin/a\nUser=x", "a b=c", "Exec=\0"])
    assert.throws(() => parseAssignment(text), /is not an assignment/, JSON.stringify(text));
});

test("a value that goes on in the next line is refused: Package=a\\ took the line after it along", () => {
  for (const text of ["Package=a\\", "Unit.After+=x \\", "Package=\\\\\\"])
    assert.throws(() => parseAssignment(text), { message: /a backslash at the end/, status: 2 }, text);
  assert.equal(parseAssignment("Package=a\\\\").value, "a\\\\");
});

test("the first of several values replaces, the others add up", () => {
  const conf = "[Network]\nPublish=1:1\nPublish=2:2\n";
  assert.equal(apply(conf, "Publish=3:3", "Publish=1:1"), "[Network]\nPublish=3:3\nPublish=1:1\n");
  assert.equal(apply(conf, "Publish+=3:3", "Publish-=1:1"), "[Network]\nPublish=2:2\nPublish=3:3\n");
  assert.equal(apply(conf, "Publish="), "[Network]\n");
});

test("of a setting with one value the last counts, and two at once are a slip", () => {
  assert.equal(apply("[Resources]\nMemoryMax=1G\n", "MemoryMax=2G"), "[Resources]\nMemoryMax=2G\n");
  assert.throws(() => apply("", "MemoryMax=1G", "MemoryMax=2G"), /given twice/);
  assert.throws(() => apply("", "MemoryMax+=1G"), /takes only one value/);
  assert.throws(() => apply("", "Publish-=1:1"), /no Publish=1:1 to remove/);
});

test("times of a job add up, and how exact they are is one value", () => {
  const conf = "[Timer]\nOnCalendar=daily\n";
  assert.equal(apply(conf, "OnCalendar+=12:00", "Persistent=yes"), `${conf}OnCalendar=12:00\nPersistent=yes\n`);
  assert.equal(apply(conf, "OnCalendar=weekly"), "[Timer]\nOnCalendar=weekly\n");
  assert.throws(() => apply(conf, "Persistent+=yes"), /takes only one value/);
});
