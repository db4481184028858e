import { useSyncExternalStore } from "react";
import { ask, follow, problemsOf } from "./command.ts";
import { hasRights, onRights } from "./access.ts";
import { listWithoutRights } from "./list-without-rights.ts";
import { watchUnits } from "./systemd.ts";
import type { Facts, Problem, Stats } from "./types.ts";

/** What is known about all sandboxes. It lives as long as the page is open. */
export interface World {
  /** Undefined until the first answer. */
  readonly sandboxes: readonly Facts[] | undefined;
  /** Why the last look at the sandboxes failed. */
  readonly problems: readonly Problem[];
  /** Why systemd does not tell of changes any more. */
  readonly lost: string | undefined;
  /** What runs of the steps before a start say, by the name of the sandbox. */
  readonly progress: ReadonlyMap<string, string>;
}

let world: World = { sandboxes: undefined, problems: [], lost: undefined, progress: new Map() };
let numbers: ReadonlyMap<string, Stats> = new Map();
const history = new Map<string, readonly Stats[]>();
const worldListeners = new Set<() => void>();
const numberListeners = new Set<() => void>();

/** Values of the last minutes, one each second. */
const kept = 300;

const tell = (listeners: ReadonlySet<() => void>): void => {
  for (const listener of listeners) listener();
};

function setWorld(change: Partial<World>): void {
  world = { ...world, ...change };
  tell(worldListeners);
}

const listenTo =
  (listeners: Set<() => void>) =>
  (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
const listenToWorld = listenTo(worldListeners);
const listenToNumbers = listenTo(numberListeners);

/** All sandboxes, and how the page knows of them. */
export const useWorld = (): World => useSyncExternalStore(listenToWorld, () => world);

/** One sandbox; undefined if there is none of that name. */
export const useFacts = (name: string): Facts | undefined =>
  useSyncExternalStore(listenToWorld, () => world.sandboxes?.find((each) => each.name === name));

/** What a running sandbox uses now. Only its reader is drawn again each second. */
export const useStats = (name: string): Stats | undefined =>
  useSyncExternalStore(listenToNumbers, () => numbers.get(name));

const nothing: readonly Stats[] = [];

/** What it used in the last minutes, the oldest first. */
export const useHistory = (name: string): readonly Stats[] =>
  useSyncExternalStore(listenToNumbers, () => history.get(name) ?? nothing);

let asking = false;
let askAgain = false;

/** Looks at all sandboxes again: at once, or when the look that is going on has ended. */
export async function refresh(): Promise<void> {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    setWorld({ sandboxes: await (hasRights() ? ask<readonly Facts[]>(["list"]) : listWithoutRights()), problems: [] });
  } catch (error) {
    setWorld({ problems: problemsOf(error) });
  }
  asking = false;
  if (!askAgain) return;
  askAgain = false;
  await refresh();
}

let timer: ReturnType<typeof setTimeout> | undefined;

// One look for a burst of changes.
function refreshSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh(), 200);
}

/** Begins to follow systemd, and what the sandboxes use. */
export function followHost(): void {
  followUnits();
  onRights(() => {
    void refresh();
    if (hasRights()) followStats();
  });
  // Nothing tells of a conf that was changed by hand and not read yet.
  window.addEventListener("focus", refreshSoon);
}

// systemd goes away when it is upgraded.
const again = 2000;

function followUnits(): void {
  watchUnits({
    changed({ name, template, active, sub, status }) {
      if (template !== "sandbox") {
        setProgress(name, active === "inactive" ? "" : status);
        return;
      }
      if (active === undefined) {
        setProgress(name, status);
        return;
      }
      const sandboxes = world.sandboxes?.map((each) =>
        each.name === name ? { ...each, state: active, substate: sub ?? each.substate } : each,
      );
      setWorld({ sandboxes });
      if (active !== "activating" && active !== "deactivating") setProgress(name, "");
      refreshSoon();
    },
    reloaded: refreshSoon,
    lost(problem) {
      setWorld({ lost: problem ?? "disconnected" });
      setTimeout(() => {
        setWorld({ lost: undefined });
        followUnits();
        refreshSoon();
      }, again);
    },
  });
}

function setProgress(name: string, status: string | undefined): void {
  if (status === undefined || (world.progress.get(name) ?? "") === status) return;
  const progress = new Map(world.progress);
  if (status === "") progress.delete(name);
  else progress.set(name, status);
  setWorld({ progress });
}

function followStats(): void {
  follow<readonly Stats[]>(
    ["stats", "--follow", "--json"],
    (lines) => {
      const latest = lines.at(-1) ?? [];
      numbers = new Map(latest.map((each) => [each.name, each]));
      for (const name of history.keys()) if (!numbers.has(name)) history.delete(name);
      for (const each of latest) history.set(each.name, [...(history.get(each.name) ?? []), each].slice(-kept));
      tell(numberListeners);
    },
    () => setTimeout(followStats, again),
  );
}
