import { parseSandboxName } from "../../../base/sandbox-name.ts";
import type { Conf } from "../../../conf/conf.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import { run } from "../../host/process/run.ts";
import { findControl } from "../../host/walls/access-control.ts";
import { planSandboxFilter } from "../../run/seccomp/render-filter.ts";
import { analyzeExposure, type Exposure, listWalls, type Wall } from "../exposure.ts";
import { formatTable, print, printJson } from "../output.ts";
import { requireKnownSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "security",
  group: "Explain",
  summary: "show how exposed the units of a sandbox are alone and in the sandbox, and what makes the difference",
  places: { "<name>": "sandbox" },
  json: `{ unit: string; alone: number; sandboxed: number; walls: { wall: string; closes: string[] }[];
    left: string[] }[]`,
  examples: ["security web1"],
  run: showSecurity,
};

/** The effect of the sandbox on one of its units. */
interface Judgement {
  readonly unit: string;
  /** From 0 to 10, as systemd-analyze(1) counts. */
  readonly alone: number;
  readonly sandboxed: number;
  /** The exposure that each wall removes, in systemd's words. */
  readonly walls: readonly { readonly wall: string; readonly closes: readonly string[] }[];
  readonly left: readonly string[];
}

async function showSecurity(text: string, options: { json?: boolean }): Promise<void> {
  const name = parseSandboxName(text);
  requireKnownSandbox(name);
  const conf = loadConf(name);
  const walls = listWalls(conf, await planSandboxFilter(conf), findControl(conf.Label));
  const judgements = await Promise.all((await readUnits(conf)).map((unit) => judge(unit, walls)));
  if (options.json === true) printJson(judgements);
  else print(judgements.map(formatJudgement).join("\n"));
}

interface Unit {
  readonly name: string;
  readonly text: string;
}

async function readUnits(conf: Conf): Promise<readonly Unit[]> {
  if (conf.Exec !== undefined)
    return [{ name: `${conf.name}.service`, text: `[Service]\nExecStart=${conf.Exec.text}\n` }];
  // Only services can be judged. A socket starts a service.
  const services = conf.Unit.filter((unit) => unit.endsWith(".service"));
  return Promise.all(
    services.map(async (name) => ({ name, text: `${(await run("systemctl", ["cat", "--", name])).stdout}\n` })),
  );
}

async function judge(unit: Unit, walls: readonly Wall[]): Promise<Judgement> {
  const behind = (some: readonly Wall[]): string =>
    `${unit.text}[Service]\n${some.flatMap(({ directives }) => directives).join("\n")}\n`;
  const [alone, sandboxed, ...each] = await Promise.all([
    analyzeExposure(unit.name, unit.text),
    analyzeExposure(unit.name, behind(walls)),
    ...walls.map((wall) => analyzeExposure(unit.name, behind([wall]))),
  ]);
  return {
    unit: unit.name,
    alone: alone.level,
    sandboxed: sandboxed.level,
    walls: walls.map(({ name }, index) => ({ wall: name, closes: listClosed(alone, each[index] ?? alone) })),
    left: [...new Set([...sandboxed.checks.values()].map(({ description }) => description))],
  };
}

const listClosed = (before: Exposure, after: Exposure): readonly string[] =>
  [...before.checks].flatMap(([name, { description }]) => (after.checks.has(name) ? [] : [description]));

function formatJudgement({ unit, alone, sandboxed, walls, left }: Judgement): string {
  const rows = walls.flatMap(({ wall, closes }) => closes.map((what, index) => [index === 0 ? wall : "", what]));
  return [
    `${unit}: exposure ${alone.toFixed(1)} alone, ${sandboxed.toFixed(1)} in the sandbox (0 is best, 10 worst)\n\n`,
    formatTable(["WALL", "WHAT IT TAKES AWAY, IN SYSTEMD'S WORDS"], rows),
    left.length === 0 ? "" : `\nRemaining: ${left.join("; ")}\n`,
  ].join("");
}
