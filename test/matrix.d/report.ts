import { formatTable } from "../../helpers/command/output.ts";
import type { Outcome } from "./try-service.ts";

const steps = ["create", "start", "probe", "restart", "again", "stop", "delete"];

/** Formats a line for each service with the seconds of each step, then how many passed. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ package: name, unit, passed, milliseconds, failedAt, cleared }) => [
    name,
    unit,
    ...steps.map((step) => {
      const took = milliseconds[step];
      return took === undefined ? (step === failedAt ? "FAILED" : "") : (took / 1000).toFixed(1);
    }),
    `${passed ? "passed" : "FAILED"}${cleared.length > 0 ? `, cleared: ${cleared.join(" ")}` : ""}`,
  ]);
  const passed = outcomes.filter((outcome) => outcome.passed).length;
  return `${formatTable(["PACKAGE", "UNIT", ...steps, "RESULT"], rows)}${passed} of ${outcomes.length} passed\n`;
}
