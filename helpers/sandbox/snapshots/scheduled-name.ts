// In UTC, so that they sort as they were made, whatever the host's time zone is. The last number is there if the second is taken.
const pattern = /^auto-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:\.(\d{1,4}))?$/;

/** Names a snapshot of [Snapshots] by its time, in seconds since the epoch. No name of `taken` is used again. */
export function nameScheduled(time: number, taken: readonly string[]): string {
  const name = `auto-${new Date(time * 1000).toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
  if (!taken.includes(name)) return name;
  const more = (count: number): string => `${name}.${count}`;
  let count = 2;
  while (taken.includes(more(count))) count += 1;
  return more(count);
}

/** A snapshot of [Snapshots], as its name describes it. */
export interface Scheduled {
  readonly snapshot: string;
  /** In seconds since the epoch. */
  readonly time: number;
  /** Its place among those of the same second. */
  readonly place: number;
}

/** Reads the name of a snapshot; undefined if [Snapshots] did not make it. */
export function parseScheduled(snapshot: string): Scheduled | undefined {
  const [, day = "", hour = "", minute = "", second = "", place = "1"] = pattern.exec(snapshot) ?? [];
  const time = Date.parse(`${day}T${hour}:${minute}:${second}Z`) / 1000;
  return Number.isNaN(time) ? undefined : { snapshot, time, place: Number(place) };
}

export const isScheduled = (snapshot: string): boolean => parseScheduled(snapshot) !== undefined;
