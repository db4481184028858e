// `make check` has some seconds for all properties. Hours are for SANDBOXCONTAINER_RUNS=100000.
const usual = Number(process.env["SANDBOXCONTAINER_RUNS"] ?? 100);
const seed = process.env["SANDBOXCONTAINER_SEED"];

/**
 * How often fast-check tries a property, and with which seed. A property whose runs take long has a `share` of the usual
 * number. If it fails, fast-check prints its seed and the smallest example that it found.
 */
export const runs = (share = 1): { readonly numRuns: number; readonly seed?: number } => ({
  numRuns: Math.max(1, Math.round(usual * share)),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});
