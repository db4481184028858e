import { setTimeout } from "node:timers/promises";

/** How long to wait at most. Unit tests replace `sleep`. */
export interface WaitOptions {
  /** Milliseconds; undefined means no limit. */
  readonly within?: number;
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

// Most waits end within milliseconds. But hundreds of sandboxes may stop at once, and libvirt ends them one by one, so
// long waits check less often.
const pauses: readonly (readonly [after: number, pause: number])[] = [
  [600, 200],
  [100, 50],
  [20, 10],
  [0, 2],
];

/**
 * Checks repeatedly until something is true; false if it never was. Linux reports the end of a process only to its
 * parent.
 */
export async function waitUntil(
  isTrue: () => boolean,
  { within, sleep = setTimeout }: WaitOptions = {},
): Promise<boolean> {
  for (let waited = 0; !isTrue();) {
    if (within !== undefined && waited >= within) return false;
    const pause = pauses.find(([after]) => waited >= after)?.[1] ?? 2;
    await sleep(pause);
    waited += pause;
  }
  return true;
}

/** Returns a function that runs at most `most` tasks at once. The others wait in the order in which they came. */
export function limitAtOnce(most: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running < most) running += 1;
    else
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/**
 * Resolves to the result of the first when both are done. If one fails, the other goes on to its end before this rejects: what it began
 * would otherwise still change the host after the caller has cleaned up. If both fail, the first says why.
 */
export async function finishBoth<Result>(first: Promise<Result>, second: Promise<unknown>): Promise<Result> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === "rejected") throw one.reason;
  if (other.status === "rejected") throw other.reason;
  return one.value;
}
