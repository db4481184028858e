import { formatTable } from "../../helpers/command/output.ts";
import { judge, type Verdict } from "./goals.ts";
import { median, quantile, type Row } from "./results.ts";

/**
 * Formats a row as a table: the median for each measure and party, and the range of the middle half. Then the goals.
 */
export function formatRow(row: Row): string {
  const lines = row.measures.flatMap(({ name, unit, series }) =>
    series.map(({ party, values }) => [
      name,
      party,
      `${formatNumber(median(values))} ${unit}`,
      `${formatNumber(quantile(values, 0.25))}–${formatNumber(quantile(values, 0.75))}`,
      String(values.length),
    ]),
  );
  const verdicts = judge(row).map((verdict) => `  ${formatVerdict(verdict)}\n`);
  const absent = Object.entries(row.absent).map(([party, why]) => `  ${party} took no part: ${why}\n`);
  const table = formatTable(["MEASURE", "PARTY", "MEDIAN", "MIDDLE HALF", "ROUNDS"], lines);
  return [`${row.title} (${row.name})\n\n`, table, ...verdicts, ...absent, "\n"].join("");
}

function formatVerdict({ verdict, measure, party, than, is, limit, aim, least, unit }: Verdict): string {
  const compared = than === undefined ? "" : ` to ${than}`;
  const bound = least ? "at least" : "at most";
  const wanted = `${limit} ${unit}${aim === undefined ? "" : `, aim ${aim} ${unit}`}`;
  return `${verdict}: ${measure}, ${party}${compared}: ${formatNumber(is)} ${unit} (${bound} ${wanted})`;
}

/** Rounds to three significant digits. */
export const formatNumber = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
