import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { formatBytes } from "../../../base/text.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import {
  conclude,
  isBroken,
  readOwnUnfinished,
  readUnfinished,
  removeUnfinished,
  requireWhole,
  writeDone,
  writeUnfinished,
  writeUnfinishedIfRoom,
} from "../../sandbox/hold/unfinished.ts";
import { mountImage, unmountImage } from "../../sandbox/image/mount-image.ts";
import { isActive, orFreeze, requireRootAtRest, requireStopped } from "../../sandbox/require-stopped.ts";
import { measureSnapshots } from "../../sandbox/snapshots/measure-snapshots.ts";
import { isScheduled } from "../../sandbox/snapshots/scheduled-name.ts";
import * as snapshots from "../../sandbox/snapshots/snapshots.ts";
import { makeRoot } from "../create/make-sandbox.ts";
import { keepSnapshot, requireRootThere } from "../keep-snapshot.ts";
import { formatTable, print, printJson, warn, withProgress } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import { describeResult, type ScheduledResult, takeScheduled } from "../scheduled-snapshot.ts";
import type { Flags, Verb } from "../verb.ts";
import { formatTime } from "./list.ts";

export const snapshotVerb: Verb = {
  name: "snapshot",
  group: "Copy and keep",
  summary: "keep a copy of a sandbox's root under a name, by default the current time",
  places: { "<name>": "sandbox", "[snapshot]": "any" },
  options: {
    "-r, --running": "copy a running sandbox too; it is frozen during the copy",
    "--scheduled": { help: "do what the timer of [Snapshots] does", hidden: true },
  },
  json: `{ name: string; snapshot: string }`,
  examples: ["snapshot web1 before --running"],
  run: takeSnapshot,
};

export const snapshotsVerb: Verb = {
  name: "snapshots",
  group: "Copy and keep",
  summary: "list the snapshots of a sandbox, and what they take on disk",
  places: { "<name>": "sandbox" },
  json: `{ snapshot: string; made: number; automatic: boolean; bytes: number | null; ownBytes: number | null }[]`,
  examples: ["snapshots web1"],
  run: showSnapshots,
};

export const rollbackVerb: Verb = {
  name: "rollback",
  group: "Copy and keep",
  summary: "restore the root of a stopped sandbox from a snapshot",
  places: { "<name>": "sandbox", "<snapshot>": "snapshot" },
  json: `{ name: string; snapshot: string }`,
  examples: ["rollback web1 before"],
  run: rollBack,
};

export const deleteSnapshotVerb: Verb = {
  name: "delete-snapshot",
  group: "Copy and keep",
  summary: "remove a snapshot",
  places: { "<name>": "sandbox", "<snapshot>": "snapshot" },
  json: `{ name: string; snapshot: string; deleted: boolean }`,
  examples: ["delete-snapshot web1 before"],
  run: deleteSnapshot,
};

type Options = Flags<"json" | "running" | "scheduled">;

async function takeSnapshot(text: string, wanted: string | undefined, options: Options): Promise<void> {
  const name = requireSandbox(text);
  if (options.scheduled === true) return takeNext(name, wanted, options);
  const snapshot = wanted ?? new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const wasKept = (): boolean => readOwnUnfinished(name)?.kind === "keeping" && snapshots.hasSnapshot(name, snapshot);
  if (!wasKept()) snapshots.requireFreeSnapshot(name, snapshot);
  requireRootThere(name);
  await withHeldSandbox(name, async (systemd) => {
    if (wasKept()) return;
    snapshots.requireFreeSnapshot(name, snapshot);
    requireWhole(name);
    await requireRootAtRest(systemd, name);
    // Nobody notices a copy that takes only a moment.
    if (options.running !== true && (await isActive(systemd, name)) && !(await snapshots.copiesAtOnce(name)))
      await requireStopped(systemd, name, orFreeze);
    await keepSnapshot(name, snapshot);
  });
  await conclude([name], () => {
    if (options.json === true) printJson({ name, snapshot });
    else print(`Made snapshot ${snapshot} of ${name}`);
  });
}

/** Does what the timer of snapshots does. */
async function takeNext(name: SandboxName, wanted: string | undefined, options: Options): Promise<void> {
  if (wanted !== undefined)
    throw new SandboxError("the name of a scheduled snapshot is its time", { hint: "Give no other", status: 2 });
  let result: ScheduledResult | undefined;
  await withHeldSandbox(name, async (systemd) => {
    result = await takeScheduled(systemd, name);
  });
  if (result === undefined) return;
  for (const warning of result.warnings) warn(warning);
  if (options.json === true) printJson({ name, snapshot: result.snapshot });
  else print(describeResult(name, result));
}

async function showSnapshots(text: string, options: Options): Promise<void> {
  const name = requireSandbox(text);
  const all = snapshots.listSnapshots(name);
  const sizes = await measureSnapshots(
    name,
    all.map(({ snapshot }) => snapshot),
  );
  const listed = all.map(({ snapshot, made }, index) => ({
    ...{ snapshot, made, automatic: isScheduled(snapshot) },
    ...{ bytes: sizes[index]?.bytes ?? null, ownBytes: sizes[index]?.ownBytes ?? null },
  }));
  if (options.json === true) printJson(listed);
  else
    print(
      formatTable(
        ["SNAPSHOT", "MADE", "SIZE", "ALONE"],
        listed.map(({ snapshot, made, bytes, ownBytes }) => [
          ...[snapshot, formatTime(made)],
          ...[bytes, ownBytes].map((size) => (size === null ? "-" : formatBytes(size))),
        ]),
      ),
    );
}

/** Gives a stopped sandbox the root of a snapshot; the snapshot stays. */
async function rollBack(text: string, snapshot: string, options: Options): Promise<void> {
  const name = requireSandbox(text);
  snapshots.requireSnapshot(name, snapshot);
  await withHeldSandbox(name, async (systemd) => {
    await requireStopped(systemd, name);
    snapshots.requireSameKind(name, snapshot);
    await withProgress(`Rolling ${name} back`, async () => {
      await unmountImage(systemd, name);
      const begin = (): void => {
        writeUnfinished(name, { kind: "rolling back", snapshot });
      };
      await snapshots.restoreSnapshot(name, snapshot, begin).catch(async (error: unknown) => {
        // Other verbs look into it.
        await mountImage(systemd, name).catch(() => undefined);
        throw error;
      });
      await mountImage(systemd, name);
      await makeRoot(systemd, name);
      writeDone(name);
    });
  });
  await conclude([name], () => {
    if (options.json === true) printJson({ name, snapshot });
    else print(`Rolled ${name} back to ${snapshot}`);
  });
}

async function deleteSnapshot(text: string, snapshot: string, options: Options): Promise<void> {
  const name = requireSandbox(text);
  const wasBegun = (): boolean => {
    const task = readOwnUnfinished(name);
    return task?.kind === "forgetting" && task.snapshot === snapshot;
  };
  if (!wasBegun()) snapshots.requireSnapshot(name, snapshot);
  await withHeldSandbox(name, async () => {
    const left = readUnfinished(name);
    if (left === undefined || !isBroken(left.task)) writeUnfinishedIfRoom(name, { kind: "forgetting", snapshot });
    try {
      await snapshots.removeSnapshot(name, snapshot);
    } catch (error) {
      // Nothing was begun.
      if (wasBegun() && snapshots.hasSnapshot(name, snapshot)) removeUnfinished(name);
      throw error;
    }
  });
  await conclude(wasBegun() ? [name] : [], () => {
    if (options.json === true) printJson({ name, snapshot, deleted: true });
    else print(`Deleted snapshot ${snapshot} of ${name}`);
  });
}

async function withHeldSandbox(name: SandboxName, work: (systemd: Systemd) => Promise<void>): Promise<void> {
  using systemd = await connectSystemd();
  await withHeld(systemd, [name], () => work(systemd));
}
