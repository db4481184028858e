import { readFileSync } from "node:fs";

/** A timer as `list` shows it. */
export interface TimerState {
  /** ActiveState, such as `active`. */
  readonly active: string;
  /** SubState: `waiting`, `running` while its unit is active, `elapsed` if there is no next time. */
  readonly sub: string;
  /** When it starts its unit next, in seconds since the epoch; null if it does not know. */
  readonly next: number | null;
  /** When it last started its unit, in seconds since the epoch; null if it never did. */
  readonly last: number | null;
}

/** In microseconds: since the epoch, and since the boot. */
export interface Clocks {
  readonly realtime: number;
  readonly monotonic: number;
}

/** Describes a timer by its properties (org.freedesktop.systemd1(5)). */
export const describeTimer = (
  active: string,
  sub: string,
  last: number,
  next: Clocks,
  now: () => Clocks = readClocks,
): TimerState => ({
  ...{ active, sub },
  // In other states systemd has not computed it.
  next: sub === "waiting" ? findNext(next, now()) : null,
  last: isKnown(last) ? last / 1e6 : null,
});

// The largest number means never (USEC_INFINITY).
const isKnown = (time: number): boolean => time > 0 && time < 2 ** 63;

/** The time that comes first, in seconds since the epoch; null without one. */
function findNext(next: Clocks, now: Clocks): number | null {
  const times = [
    ...(isKnown(next.realtime) ? [next.realtime] : []),
    ...(isKnown(next.monotonic) ? [now.realtime + next.monotonic - now.monotonic] : []),
  ];
  return times.length === 0 ? null : Math.round(Math.min(...times) / 1e3) / 1e3;
}

// systemd's clock does not count while the host is suspended, and this one does: no file has the other.
const readClocks = (): Clocks => ({
  realtime: Date.now() * 1e3,
  monotonic: parseFloat(readFileSync("/proc/uptime", "utf8")) * 1e6,
});
