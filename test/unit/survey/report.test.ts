import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyTrial, type Outcome } from "../../survey.d/outcome.ts";
import { formatSurvey } from "../../survey.d/report.ts";
import { findProposal, findStack } from "../../survey.d/try-unit.ts";

test("the share counts what runs on the bed", () => {
  const outcomes: readonly Outcome[] = [
    { ...emptyTrial, package: "a", unit: "a.service", verdict: "same", settings: ["Network=default"] },
    { ...emptyTrial, package: "b", unit: "b.socket", verdict: "differs", details: ["1", "2", "3", "4"], stack: "at x" },
    { ...emptyTrial, package: "c", unit: "c.service", verdict: "not on the host", details: ["failed failed"] },
  ];
  assert.equal(
    formatSurvey(outcomes),
    [
      "PACKAGE  UNIT       VERDICT          DETAILS",
      "a        a.service  same             with Network=default",
      "b        b.socket   differs          STACK TRACE; 1; 2; 3; and 1 more",
      "c        c.service  not on the host  failed failed",
      "same: 1, differs: 1, refused: 0, not on the host: 1, not tried: 0",
      "1 of 2 that run on the bed are the same in a sandbox, 50.0 %; 0 of them with nothing but their unit, the rest with what a message proposed",
      "",
    ].join("\n"),
  );
});

test("settings that a message proposes are found once, for this sandbox only", () => {
  const text =
    "hint: sandboxcontainer set b Network=host\nneeds: sandboxcontainer set a Capabilities=+CAP_NET_RAW Network=default. More: x";
  const proposed = ["Capabilities=+CAP_NET_RAW", "Network=default"];
  assert.deepEqual(findProposal(text, "a", []), proposed);
  assert.deepEqual(findProposal(text, "a", proposed), []);
  const folder = "Mount=guest-bind:/usr/lib/a.d:/var/lib/a";
  assert.deepEqual(findProposal(`Then \`sandboxcontainer set a ${folder}\`.`, "a", []), [folder]);
});

test("a stack trace of ours is found, and that of a service is not", () => {
  assert.equal(
    findStack("Error: EEXIST\n    at mkdirSync (/$bunfs/root/populate.js:12:3)\n")?.startsWith("at mkdir"),
    true,
  );
  assert.equal(findStack("    at Object.<anonymous> (/usr/lib/node_modules/x/index.js:1:2)"), null);
});
