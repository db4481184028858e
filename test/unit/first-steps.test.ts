import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { allVerbs } from "../../helpers/command/all-verbs.ts";
import { listExamples } from "../first-steps/list-examples.ts";
import { readTerminal, renderTerminal } from "../first-steps/render-terminal.ts";
import { isShown, readBlocks, readSteps } from "../first-steps/steps.ts";

const read = (path: string): string => readFileSync(join(import.meta.dirname, "../..", path), "utf8");

test("the picture shows the first block of README", () => {
  const [first = []] = readBlocks(read("README.md"));
  const pictured = readSteps(readTerminal(read("docs/first-minute.svg")));
  assert.deepEqual(
    pictured.map(({ command }) => command),
    first.map(({ command }) => command),
  );
  for (const [index, { shows, command }] of first.entries())
    assert.ok(isShown(shows, pictured[index]?.shows ?? ""), `${command}: run make picture`);
});

test("a picture says what was printed", () => {
  const steps = [{ command: "echo '<&amp;>'", shows: "<&amp;>\n  b" }];
  assert.deepEqual(readSteps(readTerminal(renderTerminal(steps))), steps);
});

test("a page shows what was printed, with … for what differs", () => {
  assert.ok(isShown("NAME  STATE\nweb1  …", "NAME       STATE\nweb1       active  x\n"));
  assert.ok(isShown("first\n…\nlast", "first\n1\n2\nlast\n"));
  assert.ok(isShown("", ""));
  assert.ok(!isShown("web1  …", "web2  active"));
  assert.ok(!isShown("a", "a\nb"));
  assert.ok(!isShown("a.b", "axb"));
});

test("the help of every verb has examples of it, and each of them is typed once", () => {
  for (const { name, examples } of allVerbs) {
    assert.ok(examples.length > 0, name);
    for (const line of examples) assert.equal(line.split(" ")[0], name);
  }
  assert.deepEqual([...listExamples()].sort(), allVerbs.flatMap(({ examples }) => examples).sort());
});
