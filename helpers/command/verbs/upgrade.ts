import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { manifestFile, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { mountImage } from "../../sandbox/image/mount-image.ts";
import { areAllStopped } from "../../sandbox/require-stopped.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { readConflicts } from "../../sandbox/upgrade/decide.ts";
import { type HostReader, openHostReader } from "../../sandbox/upgrade/make-beside.ts";
import type { Upgrade } from "../../sandbox/upgrade/report.ts";
import { isInterrupted, previewUpgrade } from "../../sandbox/upgrade/upgrade-sandbox.ts";
import { explainFailure } from "../explain-failure.ts";
import { listNames } from "../list-names.ts";
import { print, printJson, warn, withProgress } from "../output.ts";
import { requireSandboxes } from "../require-sandbox.ts";
import type { Flags, Verb } from "../verb.ts";
import { type Restarted, whileStopped } from "../while-stopped.ts";

export const verb: Verb = {
  name: "upgrade",
  group: "Follow the host",
  summary:
    "update roots to the host's packages: new and removed files, and configuration that the sandbox did not change",
  places: { "[name...]": "sandbox" },
  options: {
    "-a, --all": "upgrade all sandboxes",
    "-n, --dry-run": "only show what would change",
    "--restart": "stop running sandboxes, and start them again afterwards",
  },
  json: `{ name: string; packages: { name: string; from: string | null; to: string | null }[]; changes: {
    path: string;
    change: "added" | "updated" | "owner and mode" | "merged" | "conflict" | "removed" | "stays removed" | "kept";
    note: string | null; reason: string | null }[]; leftOut: { path: string; reason: string }[]; kept: string | null;
    conflicts: string[]; error: string | null }[]`,
  examples: ["upgrade --all --dry-run", "upgrade web1 --restart"],
  run: upgradeSandboxes,
};

type UpgradeOptions = Flags<"json" | "all" | "dryRun" | "restart">;

/** What became of a sandbox: its upgrade, or what went wrong, or both if it does not start again. */
interface Outcome {
  readonly name: SandboxName;
  readonly upgrade?: Upgrade;
  readonly error?: unknown;
}

/** Makes the roots of sandboxes follow the host's packages. If one cannot be upgraded, the others still are. */
async function upgradeSandboxes(texts: readonly string[], options: UpgradeOptions): Promise<void> {
  const names = chooseNames(texts, options.all === true);
  using systemd = await connectSystemd();
  const host = openHostReader();
  const outcomes: Outcome[] = [];
  for (const name of names) {
    outcomes.push(
      await upgradeOne(systemd, name, host, options).then(
        ({ result, failure }) => ({ name, upgrade: result, error: failure }),
        (error: unknown) => ({ name, error }),
      ),
    );
  }
  report(outcomes, options);
}

function chooseNames(texts: readonly string[], all: boolean): readonly SandboxName[] {
  if (all === texts.length > 0) {
    throw new SandboxError(all ? "names cannot be combined with --all" : "no sandbox was named", {
      hint: "Name the sandboxes to upgrade, or give --all",
      status: 2,
    });
  }
  const names = requireSandboxes(texts);
  return all ? listNames().filter((name) => existsSync(manifestFile(name))) : names;
}

async function upgradeOne(
  systemd: Systemd,
  name: SandboxName,
  host: HostReader,
  options: UpgradeOptions,
): Promise<Restarted<Upgrade>> {
  if (options.dryRun === true) {
    await mountImage(systemd, name);
    return { result: await previewUpgrade(name, host), failure: undefined };
  }
  let now = `${name} is as it was`;
  const tell = (what: string): void => {
    now = what;
  };
  const work = async (): Promise<Restarted<Upgrade>> => {
    const same = await findUpToDate(systemd, name, host);
    return same === undefined ? upgradeStopped(systemd, name, options, tell) : { result: same, failure: undefined };
  };
  return withProgress(`Upgrading ${name}`, work, () => now);
}

/** The empty upgrade of a sandbox that runs and is up to date: it need not stop for that. */
async function findUpToDate(systemd: Systemd, name: SandboxName, host: HostReader): Promise<Upgrade | undefined> {
  if (isInterrupted(name) || (await areAllStopped(systemd, name))) return undefined;
  const preview = await previewUpgrade(name, host);
  return isEmpty(preview) ? preview : undefined;
}

/** `tell` gets what is true from then on, also if this command is interrupted. */
function upgradeStopped(
  systemd: Systemd,
  name: SandboxName,
  { restart }: UpgradeOptions,
  tell: (what: string) => void,
): Promise<Restarted<Upgrade>> {
  const unit = `sandbox-upgrade@${name}.service`;
  let rest = "";
  const onRestart = (): void => {
    rest = `, and starts ${name} again`;
    tell(`It is not upgraded. systemd restarts ${name}`);
  };
  return whileStopped(systemd, name, { verb: "upgrade", restart, onRestart }, async () => {
    // It waits until we hold the sandbox no more, and the start waits for it.
    const { ended } = await systemd.beginJob("StartUnit", unit);
    tell(`systemd goes on with the upgrade${rest}: systemctl status ${unit}`);
    return async () => {
      if ((await ended) !== "done") throw await explainFailure(systemd, unit, `sandbox ${name} cannot be upgraded`);
      return JSON.parse(readFileSync(join(stateDirectory(name), "upgrade.json"), "utf8")) as Upgrade;
    };
  });
}

const isEmpty = ({ packages, changes }: Upgrade): boolean => packages.length === 0 && changes.length === 0;

function report(outcomes: readonly Outcome[], { json, dryRun, all }: UpgradeOptions): void {
  const failed = outcomes.filter(({ error }) => error !== undefined);
  if (json === true) printJson(outcomes.map(describeOutcome));
  else for (const { upgrade } of outcomes) if (upgrade !== undefined) print(formatUpgrade(upgrade, dryRun === true));
  const conflicts =
    dryRun === true
      ? []
      : outcomes.flatMap(({ name, upgrade }) => (upgrade === undefined ? [] : describeConflicts(name)));
  if (failed.length === 0 && conflicts.length > 0) throw new SandboxError(conflicts.join("\n"), { status: 3 });
  for (const conflict of conflicts) warn(conflict);
  if (failed.length === 1 && all !== true) throw failed[0]?.error;
  if (failed.length > 0) throw new SandboxError(failed.map(({ error }) => describeError(error)).join("\n"));
}

const describeConflicts = (name: SandboxName): readonly string[] =>
  readConflicts(name).map(
    ({ path, beside }) =>
      `${name}: ${printableName(path)} is in conflict. Merge it with the host's version, which is beside it, and remove that: ${printableName(beside)}. Or take the host's: sandboxcontainer revert ${name} ${printableName(path)}`,
  );

/** Describes an outcome for JSON, with all keys. */
function describeOutcome({ name, upgrade, error }: Outcome) {
  const { packages = [], changes = [], leftOut = [], kept = null } = upgrade ?? {};
  return {
    ...{ name, packages, changes: changes.map((change) => ({ note: null, reason: null, ...change })), leftOut, kept },
    conflicts: readConflicts(name).map(({ path }) => path),
    error: error === undefined ? null : describeError(error),
  };
}

function formatUpgrade(upgrade: Upgrade, dryRun: boolean): string {
  const { name, packages, changes, leftOut, kept } = upgrade;
  const rest = formatLeftOut(name, leftOut);
  if (isEmpty(upgrade)) return `${name} is up to date with the host\n${rest}`;
  const width = Math.max(0, ...changes.map(({ change }) => change.length));
  return [
    `${dryRun ? `An upgrade would change ${name}` : name}:\n`,
    ...packages.map(({ name: each, from, to }) => `  package ${each} ${describeVersions(from, to)}\n`),
    ...changes.map(
      ({ path, change, note, reason }) =>
        `  ${change.padEnd(width)}  ${printableName(path)}${inBrackets([reason, note])}\n`,
    ),
    rest,
    ...(dryRun
      ? [
          `To be able to undo the upgrade, make a snapshot first: sandboxcontainer snapshot ${name}. Undo it with \`sandboxcontainer rollback\`\n`,
        ]
      : []),
    ...(kept === null || dryRun
      ? []
      : [
          `Replaced files are kept in ${kept}. Put a file back with: sandboxcontainer copy-to ${name} ${kept}/FILE /FILE\n`,
        ]),
  ].join("");
}

function inBrackets(notes: readonly (string | undefined)[]): string {
  const given = notes.filter((note) => note !== undefined);
  return given.length === 0 ? "" : ` (${printableName(given.join("; "))})`;
}

const maxShown = 10;

/** The host's own configuration is shown each time: it may be what the sandbox is to have. */
function formatLeftOut(name: SandboxName, leftOut: Upgrade["leftOut"]): string {
  if (leftOut.length === 0) return "";
  const more = leftOut.length - maxShown;
  return [
    `  The host has these beyond its packages, so they stay out of ${name}. To take one: sandboxcontainer revert ${name} PATH\n`,
    ...leftOut.slice(0, maxShown).map(({ path, reason }) => `    ${printableName(path)}${inBrackets([reason])}\n`),
    ...(more > 0 ? [`    and ${more} more, which --json lists\n`] : []),
  ].join("");
}

function describeVersions(from: string | null, to: string | null): string {
  if (from === null) return `${to ?? ""}, new`;
  return to === null ? `${from}, gone` : `${from} -> ${to}`;
}
