import { setTimeout } from "node:timers/promises";

/** How long to wait, at most; `sleep` is another one in unit tests. */
export interface Patience {
  /** Milliseconds; undefined: as long as it takes. */
  readonly within?: number;
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

// Most waits end soon. Hundreds of sandboxes may stop at once, and libvirt ends one after the other: those look less often.
const pauses: readonly (readonly [after: number, pause: number])[] = [
  [600, 200],
  [100, 50],
  [0, 10],
];

/** Looks again and again until something is true; false when it never was. Linux tells nobody but a parent when a process ends. */
export async function waitUntil(
  isTrue: () => boolean,
  { within, sleep = setTimeout }: Patience = {},
): Promise<boolean> {
  for (let waited = 0; !isTrue();) {
    if (within !== undefined && waited >= within) return false;
    const pause = pauses.find(([after]) => waited >= after)?.[1] ?? 10;
    await sleep(pause);
    waited += pause;
  }
  return true;
}
