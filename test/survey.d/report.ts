import { formatTable } from "../../helpers/command/output.ts";
import type { Outcome, Verdict } from "./outcome.ts";

const verdicts: readonly Verdict[] = ["same", "differs", "refused", "not on the host", "not tried"];

/** Formats a line for each service, how many there are of each verdict, and the share that the goal is about. */
export function formatSurvey(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ package: name, unit, verdict, details, settings, denials, stack }) => [
    name,
    unit,
    verdict,
    [
      ...settings.map((setting) => `with ${setting}`),
      ...(stack === null ? [] : ["STACK TRACE"]),
      ...(denials.length === 0 ? [] : [`${denials.length} things were denied by SELinux`]),
      ...details.slice(0, 3),
      ...(details.length > 3 ? [`and ${details.length - 3} more`] : []),
    ].join("; "),
  ]);
  const counts = verdicts.map(
    (verdict) => [verdict, outcomes.filter((each) => each.verdict === verdict).length] as const,
  );
  const runnable = outcomes.filter(({ verdict }) => !verdict.startsWith("not ")).length;
  const alike = outcomes.filter(({ verdict }) => verdict === "same");
  const same = alike.length;
  const unaided = alike.filter(({ settings }) => settings.length === 0).length;
  const share = runnable === 0 ? "" : `, ${((100 * same) / runnable).toFixed(1)} %`;
  return [
    formatTable(["PACKAGE", "UNIT", "VERDICT", "DETAILS"], rows),
    `${counts.map(([verdict, count]) => `${verdict}: ${count}`).join(", ")}\n`,
    `${same} of ${runnable} that run on the bed are the same in a sandbox${share}; ${unaided} of them with nothing but their unit, the rest with what a message proposed\n`,
  ].join("");
}
