import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { listShared } from "../../../helpers/command/doctor/this-host.ts";
import { claim, claimWanted } from "../../../helpers/sandbox/claim.ts";
import { chooseIdBase, type IdRange, rangeSize } from "../../../helpers/sandbox/id-range.ts";
import { chooseLevel, meets, parseLevels } from "../../../helpers/sandbox/levels.ts";
import { parseState } from "../../../helpers/sandbox/state.ts";
import { runs } from "./runs.ts";

const range: fc.Arbitrary<IdRange> = fc.oneof(
  fc.record(
    { first: fc.nat(2 ** 31 - 1), count: fc.integer({ min: 1, max: 10 * rangeSize }) },
    { noNullPrototype: true },
  ),
  fc.constantFrom(
    { first: 0, count: 524_288 + 3 * rangeSize },
    { first: 600_000, count: 1 },
    { first: Infinity, count: 1 },
    { first: NaN, count: NaN },
  ),
);
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a range of ids that is chosen is whole, for containers, and free", () => {
  fc.assert(
    fc.property(fc.array(range), place, (taken, where) => {
      const base = chooseIdBase(taken, where);
      assert.ok(
        base !== undefined && base % rangeSize === 0 && base >= 524_288 && base + rangeSize - 1 <= 1_879_048_191,
      );
      for (const { first, count } of taken)
        assert.ok(!(first < base + rangeSize && base < first + count), `${first} ${count}`);
    }),
    runs(),
  );
});

const category = fc.nat(1023);
const level = fc.oneof(
  fc.tuple(category, category).map(([one, other]) => `s0:c${one},c${other}`),
  fc.tuple(category, category).map(([one, other]) => `s0-s0:c${Math.min(one, other)}.c${Math.max(one, other)}`),
);

test("a level that is chosen shares no file with another, and the host's own counts for nothing", () => {
  fc.assert(
    fc.property(fc.array(level), fc.infiniteStream(category), (texts, picks) => {
      const taken = [...texts, "s0-s0:c0.c1023"].flatMap((text) => parseLevels(text));
      const chosen = chooseLevel(taken, (below) => Number(picks.next().value) % below);
      if (chosen === undefined) return;
      const [own] = parseLevels(chosen);
      assert.ok(own?.size === 2);
      assert.ok(taken.every((other) => !meets(own, other)));
    }),
    runs(),
  );
});

// A few places are enough for many collisions, and few of them for sandboxes to want the same.
const few = 6;

/** What processes write down and see of each other; each step may come at any time between those of others. */
function makeStore<T>(scheduler: fc.Scheduler, processes: number) {
  const held = new Map<number, T>();
  const step = <R>(what: string, act: () => R): Promise<R> => scheduler.schedule(Promise.resolve(), what).then(act);
  const look = (process: number, other: number): Promise<readonly T[]> =>
    step(`${process} looks at ${other}`, () => (held.has(other) ? [held.get(other) as T] : []));
  return {
    held,
    // Each sandbox has a file of its own, and they are read one after the other.
    others: async (process: number): Promise<readonly T[]> => {
      const found: T[] = [];
      for (let other = 0; other < processes; other++)
        if (other !== process) found.push(...(await look(process, other)));
      return found;
    },
    write: (process: number, chosen: T) => step(`${process} writes`, () => void held.set(process, chosen)),
    giveUp: (process: number) => step(`${process} gives up`, () => void held.delete(process)),
  };
}

test("ids of sandboxes that are made at once never collide, in whatever order their steps come", async () => {
  const outside: readonly IdRange[] = [{ first: 524_288 + few * rangeSize, count: 2 ** 31 }];
  const kind = fc.oneof(
    fc.constant(undefined),
    fc.integer({ min: 8, max: 7 + few }).map((index) => index * rangeSize),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(kind, { minLength: 2, maxLength: 4 }),
      fc.infiniteStream(place),
      async (scheduler, wishes, places) => {
        const store = makeStore<number>(scheduler, wishes.length);
        const settled = new Map<number, number>();
        const all = Promise.all(
          wishes.map(async (wanted, process) => {
            const isTaken = async (base: number): Promise<boolean> => (await store.others(process)).includes(base);
            const write = (base: number): Promise<void> => store.write(process, base);
            const choose = async (): Promise<number> => {
              const others = (await store.others(process)).map((first) => ({ first, count: rangeSize }));
              return chooseIdBase([...outside, ...others], Number(places.next().value)) ?? assert.fail("all are taken");
            };
            if (wanted === undefined) settled.set(process, await claim({ choose, write, isTaken }));
            else if (
              !(await isTaken(wanted)) &&
              (await claimWanted(wanted, { write, isTaken, giveUp: () => store.giveUp(process) }))
            )
              settled.set(process, wanted);
          }),
        );
        await scheduler.waitFor(all);
        assert.equal(new Set(settled.values()).size, settled.size, JSON.stringify([...settled]));
        for (const [process, base] of settled) assert.equal(store.held.get(process), base);
      },
    ),
    runs(0.3),
  );
});

test("levels of sandboxes that are made at once never meet, in whatever order their steps come", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 2, max: 4 }),
      fc.infiniteStream(fc.nat(3)),
      async (scheduler, count, picks) => {
        const store = makeStore<string>(scheduler, count);
        const meetsOther = (own: string, others: readonly string[]): boolean =>
          others.some((other) => parseLevels(own).some((one) => parseLevels(other).some((two) => meets(one, two))));
        const all = Promise.all(
          Array.from({ length: count }, (_, process) =>
            claim({
              choose: async () => {
                const others = (await store.others(process)).flatMap((each) => parseLevels(each));
                return chooseLevel(others, () => Number(picks.next().value)) ?? assert.fail("all are taken");
              },
              write: (chosen) => store.write(process, chosen),
              isTaken: async (chosen) => meetsOther(chosen, await store.others(process)),
            }),
          ),
        );
        await scheduler.waitFor(all);
        const levels = await all;
        assert.ok(
          levels.every((own, index) => !meetsOther(own, levels.toSpliced(index, 1))),
          levels.join(),
        );
      },
    ),
    runs(0.3),
  );
});

test("what two sandboxes share is told, whatever their states say", () => {
  const state = fc.record(
    {
      version: fc.constant(1),
      uuid: fc.uuid(),
      machineId: fc.stringMatching(/^[0-9a-f]{31}[1-9]$/),
      idBase: fc.nat(2).map((index) => 524_288 + index * rangeSize),
      level: level,
    },
    { requiredKeys: ["version", "uuid", "machineId", "idBase"], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(state, { minLength: 2, maxLength: 4 }), (states) => {
      const named = states.map((each, index) => ({ name: `web${index}`, state: parseState(JSON.stringify(each)) }));
      assert.ok(named.every((each) => each.state !== undefined));
      const shared = listShared(named as unknown as Parameters<typeof listShared>[0]);
      const bases = new Set(states.map(({ idBase }) => idBase));
      assert.ok(bases.size === states.length || shared.length > 0);
    }),
    runs(),
  );
});
