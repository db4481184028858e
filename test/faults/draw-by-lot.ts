/** Draws numbers from 0 to below a limit, always the same with one seed. */
export function drawByLot(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    // A linear congruential generator is enough to draw by; only its high bits are.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Draws some of a list, each once. */
export function sample<T>(all: readonly T[], count: number, draw: (below: number) => number): readonly T[] {
  const left = [...all];
  return Array.from({ length: Math.min(count, all.length) }, () => left.splice(draw(left.length), 1)).flat();
}
