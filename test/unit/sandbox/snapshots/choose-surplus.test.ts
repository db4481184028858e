import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Keep, parseKeep } from "../../../../conf/values/keep.ts";
import { chooseSurplus } from "../../../../helpers/sandbox/snapshots/choose-surplus.ts";
import { nameScheduled, parseScheduled } from "../../../../helpers/sandbox/snapshots/scheduled-name.ts";

const day = 86_400;
const at = (text: string): number => Date.parse(text) / 1000;

function name(times: readonly number[]): readonly string[] {
  const names: string[] = [];
  for (const time of times) names.push(nameScheduled(time, names));
  return names;
}

/** The times of those that stay, as text up to the hour. */
function kept(times: readonly number[], keep: string, now = Math.max(...times)): readonly string[] {
  const names = name(times);
  const { surplus } = chooseSurplus(names, parseKeep(keep), now);
  return names.filter((each) => !surplus.includes(each)).map((each) => each.slice(5, 18));
}

test("a count keeps the newest, whatever their order is", () => {
  const times = ["2026-12-01T00:00:00Z", "2026-12-03T00:00:00Z", "2026-12-02T00:00:00Z"].map(at);
  assert.deepEqual(kept(times, "2"), ["2026-12-03T00", "2026-12-02T00"]);
  assert.deepEqual(kept(times, "3").length, 3);
  assert.deepEqual(kept(times, "9999").length, 3);
});

test("what was made by hand is neither removed nor counted", () => {
  const names = ["first", "2026-12-03T14-20-05", ...name([at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z")])];
  const { surplus } = chooseSurplus(names, parseKeep("1"), at("2026-12-02T00:00:00Z"));
  assert.deepEqual(surplus, ["auto-2026-12-01T00-00-00Z"]);
});

test("of each day, week and month the newest stays", () => {
  // Three a day, for a year up to a Thursday.
  const end = at("2026-12-03T20:00:00Z");
  const times = Array.from({ length: 3 * 365 }, (_, index) => end - index * 8 * 3600).reverse();
  assert.deepEqual(kept(times, "3d"), ["2026-12-01T20", "2026-12-02T20", "2026-12-03T20"]);
  // Weeks end on Sunday.
  assert.deepEqual(kept(times, "3w"), ["2026-11-22T20", "2026-11-29T20", "2026-12-03T20"]);
  assert.deepEqual(kept(times, "3m"), ["2026-10-31T20", "2026-11-30T20", "2026-12-03T20"]);
  assert.deepEqual(kept(times, "2y"), ["2025-12-31T20", "2026-12-03T20"]);
  assert.deepEqual(kept(times, "2h"), ["2026-12-03T12", "2026-12-03T20"]);
  assert.deepEqual(kept(times, "2d2m"), ["2026-11-30T20", "2026-12-02T20", "2026-12-03T20"]);
});

test("only days count in which there is one: after a pause of a year as many stay as before", () => {
  const times = ["2025-01-01", "2025-01-02", "2025-01-03", "2026-12-03"].map((text) => at(`${text}T00:00:00Z`));
  assert.deepEqual(kept(times, "3d"), ["2025-01-02T00", "2025-01-03T00", "2026-12-03T00"]);
});

test("of two in one second the later one is the newer", () => {
  const time = at("2026-12-03T00:00:00Z");
  assert.deepEqual(chooseSurplus(name([time, time, time]), parseKeep("1"), time).surplus, [
    "auto-2026-12-03T00-00-00Z",
    "auto-2026-12-03T00-00-00Z.2",
  ]);
});

test("those of a time to come stay, and do not count: the clock was wrong, and they say nothing", () => {
  const names = name([at("2036-01-01T00:00:00Z"), at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z")]);
  assert.deepEqual(chooseSurplus(names, parseKeep("1"), at("2026-12-02T00:00:00Z")), {
    surplus: ["auto-2026-12-01T00-00-00Z"],
    future: ["auto-2036-01-01T00-00-00Z"],
  });
});

test("a clock that starts at the epoch makes one, and removes nothing of later times", () => {
  const names = name([5, at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z")]);
  assert.deepEqual(chooseSurplus(names, parseKeep("1"), 5).surplus, []);
});

test("a clock that is ten years ahead for a while takes no more than one that is right", () => {
  const days = Array.from({ length: 7 }, (_, index) => at("2026-12-01T00:00:00Z") + index * day);
  assert.deepEqual(kept([...days, at("2036-12-01T00:00:00Z")], "7d"), [
    ...days.slice(1).map((time) => new Date(time * 1000).toISOString().slice(0, 13)),
    "2036-12-01T00",
  ]);
});

const keeps: fc.Arbitrary<Keep> = fc.oneof(
  fc.integer({ min: 1, max: 30 }).map((count): Keep => ({ kind: "count", count })),
  fc
    .uniqueArray(fc.tuple(fc.constantFrom("h", "d", "w", "m", "y"), fc.integer({ min: 1, max: 9 })), {
      minLength: 1,
      selector: ([period]) => period,
    })
    .map((parts) => parseKeep(parts.map(([period, count]) => `${count}${period}`).join(""))),
);
// Up to the year 2100, often close to each other.
const times = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 4_102_444_800 }),
    fc.integer({ min: 1_796_000_000, max: 1_796_000_000 + 40 * day }),
  ),
  { minLength: 1, maxLength: 60 },
);
const most = (keep: Keep): number =>
  keep.kind === "count" ? keep.count : [...keep.counts.values()].reduce((sum, count) => sum + count, 0);

test("whatever there is: the one just made stays, nothing of later times goes, and no more stay than Keep= says", () => {
  fc.assert(
    fc.property(times, keeps, fc.nat(), (all, keep, pick) => {
      const names = name(all);
      const now = all[pick % all.length] ?? 0;
      const { surplus, future } = chooseSurplus(names, keep, now);
      const left = names.filter((each) => !surplus.includes(each));
      const made = name(all.filter((time) => time === now)).at(-1) ?? "";
      assert.ok(left.includes(made));
      for (const each of surplus) assert.ok((parseScheduled(each)?.time ?? Infinity) <= now);
      for (const each of future) assert.ok((parseScheduled(each)?.time ?? 0) > now);
      assert.ok(left.length - future.length <= most(keep));
      assert.ok(left.length - future.length >= 1);
      // Not by their order, and what was done is done.
      assert.deepEqual(chooseSurplus(names.toReversed(), keep, now), { surplus, future });
      assert.deepEqual(chooseSurplus(left, keep, now), { surplus: [], future });
    }),
    { numRuns: 2000 },
  );
});

test("one after the other, with a clock that jumps: each is there when it was made, and what is left stays bounded", () => {
  const jumps = fc.array(
    fc.oneof(fc.constant(3600), fc.constant(day), fc.integer({ min: -400 * day, max: 400 * day })),
    {
      maxLength: 80,
    },
  );
  fc.assert(
    fc.property(jumps, keeps, (steps, keep) => {
      let [now, left]: [number, readonly string[]] = [1_796_000_000, []];
      for (const step of steps) {
        now = Math.max(0, now + step);
        const made = nameScheduled(now, left);
        const all = [...left, made];
        const { surplus, future } = chooseSurplus(all, keep, now);
        left = all.filter((each) => !surplus.includes(each));
        assert.ok(left.includes(made));
        assert.ok(left.length - future.length <= most(keep));
      }
    }),
    { numRuns: 300 },
  );
});

test("a year of days leaves what a new choice of all would leave", () => {
  const keep = parseKeep("7d4w6m");
  const all = Array.from({ length: 365 }, (_, index) => at("2026-01-01T03:00:00Z") + index * day);
  let left: readonly string[] = [];
  for (const time of all) {
    const names = [...left, nameScheduled(time, left)];
    const { surplus } = chooseSurplus(names, keep, time);
    left = names.filter((each) => !surplus.includes(each));
  }
  const { surplus } = chooseSurplus(name(all), keep, all.at(-1) ?? 0);
  assert.deepEqual(
    left,
    name(all).filter((each) => !surplus.includes(each)),
  );
  // Seven days, four weeks and six months, of which some are the same.
  assert.equal(left.length, 14);
});
