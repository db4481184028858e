import {
  type Metric,
  sandboxMetrics,
  type SandboxReading,
  type Scrape,
  scrapeMetrics,
} from "../../helpers/command/metrics/metrics.ts";
import { sampleName } from "../../helpers/command/metrics/render-metrics.ts";

const begin = "| metric | type | labels | meaning |\n|---|---|---|---|\n";

/** Every metric, with all its labels. */
export const listMetrics = (): readonly {
  readonly metric: Metric<SandboxReading> | Metric<Scrape>;
  readonly labels: readonly string[];
}[] => [
  ...sandboxMetrics.map((metric) => ({ metric, labels: ["name", ...(metric.labels ?? [])] })),
  ...scrapeMetrics.map((metric) => ({ metric, labels: metric.labels ?? [] })),
];

/** Writes the table of docs/metrics.md. */
export function renderMetricsPage(page: string): string {
  const start = page.indexOf(begin);
  if (start === -1) throw new Error("docs/metrics.md has no table of metrics");
  const end = page.indexOf("\n\n", start);
  const rows = listMetrics().map(({ metric, labels }) => {
    const name = sampleName(metric).replace("sandboxcontainer_", "");
    return `| \`${name}\` | ${metric.type} | ${labels.join(", ")} | ${metric.help} |`;
  });
  return `${page.slice(0, start)}${begin}${rows.join("\n")}${page.slice(end)}`;
}
