import assert from "node:assert/strict";
import test from "node:test";
import type { Facts } from "../../src/host/types.ts";
import { notesOf, select, type Wish } from "../../src/list/filter.ts";

const plain: Facts = {
  name: "web1",
  state: "active",
  substate: "running",
  result: "success",
  restarts: 0,
  runs: "apache2.service",
  enabled: "disabled",
  level: null,
  profile: null,
  unconfined: false,
  memoryBytes: null,
  ports: [],
  published: [],
  network: "none",
  addresses: [],
  since: 10,
  timer: null,
  snapshotTimer: null,
  replacedFiles: [],
  outdatedFiles: [],
  formerName: null,
  missingUnits: [],
  conflicts: [],
  confChanged: false,
  portsLost: false,
  localOnly: [],
  error: null,
  deniedToday: null,
  snapshots: [],
  outdatedPackages: 0,
};
const db: Facts = { ...plain, name: "db2", runs: "redis-server.service", state: "failed", since: 20 };
const db10: Facts = { ...db, name: "db10", state: "inactive", since: null, confChanged: true };
const all = [plain, db, db10];
const wish: Wish = { text: "", which: "all", column: "name", descending: false };
const names = (change: Partial<Wish>): readonly string[] => select(all, { ...wish, ...change }).map(({ name }) => name);

test("a job whose timer does not run is noted", () => {
  const timer = { state: "active", substate: "waiting", next: 30, last: null };
  assert.deepEqual(notesOf({ ...plain, timer }), []);
  assert.deepEqual(notesOf({ ...plain, timer: { ...timer, state: "inactive" } }), ["timer"]);
});

test("a snapshot that failed is noted, and a timer of snapshots that does not run", () => {
  const snapshotTimer = { state: "active", substate: "waiting", next: 30, last: null, failed: false };
  assert.deepEqual(notesOf({ ...plain, snapshotTimer }), []);
  assert.deepEqual(notesOf({ ...plain, snapshotTimer: { ...snapshotTimer, failed: true } }), ["snapshotFailed"]);
  assert.deepEqual(notesOf({ ...plain, snapshotTimer: { ...snapshotTimer, state: "inactive" } }), ["snapshotsStopped"]);
});

test("sandboxes are found by name and service", () => {
  assert.deepEqual(names({ text: " WEB" }), ["web1"]);
  assert.deepEqual(names({ text: "redis" }), ["db10", "db2"]);
  assert.deepEqual(names({ text: "nothing" }), []);
});

test("sandboxes are filtered by what they do", () => {
  assert.deepEqual(names({ which: "running" }), ["web1"]);
  assert.deepEqual(names({ which: "failed" }), ["db2"]);
  assert.deepEqual(names({ which: "stopped" }), ["db10"]);
  assert.deepEqual(names({ which: "noted" }), ["db10"]);
});

test("equals are sorted by name, and numbers in names count as numbers", () => {
  assert.deepEqual(names({ column: "runs" }), ["web1", "db2", "db10"]);
  assert.deepEqual(names({ column: "since", descending: true }), ["db2", "web1", "db10"]);
});

test("notes come in the order of their urgency", () => {
  assert.deepEqual(notesOf(plain), []);
  assert.deepEqual(
    notesOf({ ...plain, error: "bad", deniedToday: 3, replacedFiles: ["/usr/bin/x"], outdatedPackages: 1 }),
    ["broken", "denied", "restart", "upgrade"],
  );
});
