/** What a host has, as `measure` prints it. */
export interface Measured {
  /** Sorted. What is there twice is there twice. */
  readonly things: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
}

export function readMeasured(text: string): Measured {
  const lines = text.split("\n").map((line) => line.split("\t"));
  return {
    // Lines of rules are indented by tabs.
    things: lines.flatMap(([kind, ...what]) => (kind === "is" ? [what.join("\t")] : [])).sort(),
    numbers: new Map(
      lines.flatMap(([kind, name, number]) =>
        kind === "has" && name !== undefined ? [[name, Number(number)] as const] : [],
      ),
    ),
  };
}

/** By how much a number may grow, in so many starts. The first whose name fits counts; a number without one may not grow. */
const tolerances: readonly (readonly [name: RegExp, growth: (starts: number) => number])[] = [
  // malloc keeps what it once had, and gives it out again.
  [/: memory/, () => 4096],
  [/: open files/, () => 3],
  [/^names on the bus/, () => 2],
  [/^lines of the journal/, (starts) => 60 * starts + 1000],
  [/^journal, kB/, (starts) => 60 * starts + 32_768],
  // libvirt writes into one for each sandbox. logrotate bounds them, which does not run here.
  [/^other logs/, (starts) => 8 * starts + 1024],
];

/** Says what a host has more or less after so many starts. Empty if nothing. */
export function compareMeasured(before: Measured, after: Measured, starts: number): readonly string[] {
  const numbers = [...after.numbers].flatMap(([name, now]) => {
    const then = before.numbers.get(name) ?? 0;
    const growth = tolerances.find(([form]) => form.test(name))?.[1](starts) ?? 0;
    return now > then + growth ? [`${name}: ${then}, then ${now}`] : [];
  });
  return [
    ...numbers,
    ...without(before.things, after.things).map((thing) => `gone: ${thing}`),
    ...without(after.things, before.things).map((thing) => `left: ${thing}`),
  ];
}

/** Those of a list that another one has less often. */
function without(list: readonly string[], other: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const each of other) left.set(each, (left.get(each) ?? 0) + 1);
  return list.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}
