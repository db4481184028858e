import { median, type Row } from "./results.ts";

/** The most that a measure of ours should be, or with `least` the least: a multiple of another party's, or an absolute value. */
interface Goal {
  readonly row: string;
  readonly measure: string;
  readonly party: string;
  readonly than?: string;
  readonly limit: number;
  readonly aim?: number;
  readonly least?: true;
}

const command = "sandboxcontainer";
const exec = "sandbox of Exec=";
const unit = "sandbox of Unit=";
const podman = "podman's port";
const published = "published port";
const local = "local service";
const address = "address of its own";
const slowest = "20 clients, new connections: 99 of 100 within";

const goals: readonly Goal[] = [
  { row: "generator", measure: "none: time", party: command, limit: 2 },
  { row: "generator", measure: "1: time", party: command, limit: 15 },
  { row: "generator", measure: "100: time", party: command, than: "Quadlet", limit: 2 },
  { row: "generator", measure: "1000: time", party: command, than: "Quadlet", limit: 1 },
  { row: "generator", measure: "5000: time", party: command, than: "Quadlet", limit: 0.8 },
  { row: "reload", measure: "100: added", party: command, limit: 30 },
  { row: "start", measure: "start", party: exec, than: "virsh create", limit: 1.15 },
  { row: "start", measure: "start", party: exec, than: "Quadlet", limit: 1.1 },
  { row: "start", measure: "start", party: unit, than: exec, limit: 1.6 },
  { row: "start", measure: "stop", party: exec, than: "Quadlet", limit: 0.5 },
  { row: "start", measure: "stop", party: unit, than: exec, limit: 1.5 },
  // A start has two programs behind the filter. With twice 1.5 ms they would add 3 % to it.
  { row: "filter", measure: "run", party: "behind the filter", than: "alone", limit: 2, aim: 1.5 },
  { row: "web", measure: "answer", party: unit, than: "Quadlet with systemd", limit: 0.7 },
  { row: "web", measure: "answer", party: unit, than: "host's unit", limit: 4 },
  { row: "create", measure: "create", party: unit, limit: 400 },
  { row: "create", measure: "disk", party: unit, limit: 1 },
  { row: "port", measure: "20 clients, new connections", party: published, than: podman, limit: 0.95, least: true },
  { row: "port", measure: "20 clients, new connections", party: published, than: local, limit: 0.9, least: true },
  { row: "port", measure: "20 clients, kept connections", party: published, than: local, limit: 0.95, least: true },
  { row: "port", measure: slowest, party: published, than: local, limit: 1.1 },
  { row: "port", measure: "20 clients, new connections", party: address, than: local, limit: 0.95, least: true },
  { row: "port", measure: "20 clients, kept connections", party: address, than: local, limit: 0.95, least: true },
  { row: "port", measure: slowest, party: address, than: local, limit: 1.05 },
  { row: "memory", measure: "each of 10", party: exec, limit: 3.7 },
  { row: "memory", measure: "each of 10", party: unit, limit: 7.5 },
  { row: "verbs", measure: "version", party: command, limit: 30 },
  { row: "verbs", measure: "list of 10", party: command, limit: 60 },
  { row: "verbs", measure: "execute", party: command, limit: 40 },
  { row: "verbs", measure: "diff", party: command, limit: 200 },
  { row: "verbs", measure: "why, of nothing", party: command, limit: 200 },
  { row: "verbs", measure: "completion of a name", party: command, limit: 60 },
  { row: "verbs", measure: "completion of a unit", party: command, limit: 60 },
  { row: "boot", measure: "added by 20", party: exec, than: "Quadlet", limit: 1.2 },
  { row: "boot", measure: "added by 20", party: "sandbox with ten ports", than: "Quadlet with ten ports", limit: 1 },
  { row: "density", measure: "list", party: "500 sandboxes", limit: 300 },
  { row: "density", measure: "start, one by one: each", party: "500 sandboxes", than: "50 sandboxes", limit: 1.5 },
  { row: "density", measure: "start, all at once: each", party: "500 sandboxes", than: "50 sandboxes", limit: 1.2 },
];

/** A goal, and whether it was met. */
export interface Verdict extends Goal {
  readonly is: number;
  readonly unit: string;
  readonly verdict: "aim met" | "met" | "missed";
}

/** Judges the goals of a row, by medians. */
export function judge(row: Row): readonly Verdict[] {
  return goals.flatMap((goal) => {
    const measure = row.measures.find(({ name }) => row.name === goal.row && name === goal.measure);
    const valueOf = (party: string | undefined): number =>
      median(measure?.series.find((series) => series.party === party)?.values ?? []);
    const value = valueOf(goal.party);
    const is = goal.than === undefined ? value : value / valueOf(goal.than);
    if (measure === undefined || Number.isNaN(is)) return [];
    const isMissed = goal.least ? is < goal.limit : is > goal.limit;
    const verdict = isMissed ? "missed" : goal.aim === undefined || is > goal.aim ? "met" : "aim met";
    return [{ ...goal, is, unit: goal.than === undefined ? measure.unit : "×", verdict }];
  });
}
