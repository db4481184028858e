import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { describeNotes } from "../../../../helpers/command/verbs/list.ts";

type Facts = Parameters<typeof describeNotes>[0];

const well: Facts = {
  ...{ unconfined: false, formerName: null, missingUnits: [], replacedFiles: [], confChanged: false },
  ...{
    outdatedPackages: null,
    outdatedFiles: [],
    conflicts: [],
    portsLost: false,
    localOnly: [],
    timer: null,
    snapshotTimer: null,
  },
};

test("a sandbox that is well has no notes", () => {
  assert.equal(describeNotes(well), "");
  assert.equal(describeNotes({ ...well, outdatedPackages: 0 }), "");
});

test("each fact that somebody should look at has a word", () => {
  const words: readonly (readonly [string, Partial<Facts>])[] = [
    ["unconfined", { unconfined: true }],
    ["ports-lost", { portsLost: true }],
    ["renamed", { formerName: parseSandboxName("old") }],
    ["uninstalled", { missingUnits: ["apache2.service"] }],
    ["needs-restart", { replacedFiles: ["/usr/lib/libc.so.6"] }],
    ["conf-changed", { confChanged: true }],
    ["outdated", { outdatedPackages: 1 }],
    ["outdated", { outdatedFiles: ["/etc/localtime"] }],
    ["conflicts", { conflicts: ["/etc/motd"] }],
    ["local-only", { localOnly: ["8080:80"] }],
    ["timer-stopped", { timer: { state: "inactive", substate: "dead", next: null, last: null } }],
  ];
  for (const [word, facts] of words) assert.equal(describeNotes({ ...well, ...facts }), word);
});

test("missing walls come first, and ports that nobody reaches last", () => {
  const facts: Facts = { ...well, portsLost: true, localOnly: ["8080:80"], confChanged: true, unconfined: true };
  assert.equal(describeNotes(facts), "unconfined,ports-lost,conf-changed,local-only");
});
