import { type Metric, sandboxMetrics, type Scrape, scrapeMetrics } from "./metrics.ts";

/**
 * `openmetrics` is the text of OpenMetrics 1.0, `prometheus` the older one of Prometheus, which node_exporter reads in its folder: it
 * knows no units and no end, and calls a counter as its samples are called.
 */
export type MetricsFormat = "openmetrics" | "prometheus";

const prefix = "sandboxcontainer_";
const endings = { gauge: "", counter: "_total", info: "_info" } as const;

type Named = Pick<Metric<never>, "name" | "type" | "unit">;

/** The name of a metric without the ending of its type, as OpenMetrics calls it. */
const familyOf = ({ name, unit }: Named): string => `${prefix}${name}${unit === undefined ? "" : `_${unit}`}`;

/** The name of a metric as it is asked for. */
export const sampleName = (metric: Named): string => `${familyOf(metric)}${endings[metric.type]}`;

/** Renders a scrape. The same scrape gives the same bytes. */
export function renderMetrics(scrape: Scrape, format: MetricsFormat): string {
  // Each metric asks for them again.
  const named = scrape.sandboxes.map((reading) => ({ reading, label: renderLabel("name", reading.name) }));
  const families = [
    ...scrapeMetrics.map((metric) => renderFamily(metric, format, renderSamples(metric, scrape, []))),
    ...sandboxMetrics.map((metric) => {
      const samples = named.flatMap(({ reading, label }) => renderSamples(metric, reading, [label]));
      return renderFamily(metric, format, samples);
    }),
  ];
  return [...families.flat(), ...(format === "openmetrics" ? ["# EOF"] : []), ""].join("\n");
}

// What has no sample is not mentioned.
function renderFamily(metric: Metric<never>, format: MetricsFormat, samples: readonly string[]): readonly string[] {
  if (samples.length === 0) return [];
  const isOpen = format === "openmetrics";
  const family = isOpen ? familyOf(metric) : sampleName(metric);
  const type = isOpen || metric.type !== "info" ? metric.type : "gauge";
  return [
    `# TYPE ${family} ${type}`,
    ...(isOpen && metric.unit !== undefined ? [`# UNIT ${family} ${metric.unit}`] : []),
    `# HELP ${family} ${escapeText(metric.help)}`,
    ...samples,
  ];
}

function renderSamples<Of>(metric: Metric<Of>, of: Of, common: readonly string[]): readonly string[] {
  const { labels: names = [] } = metric;
  return metric.read(of).flatMap(([value, ...values]) => {
    const number = value === null || value === undefined ? NaN : Number(value);
    if (!Number.isFinite(number)) return [];
    const labels = [...common, ...names.map((name, index) => renderLabel(name, values[index] ?? ""))].join(",");
    return [`${sampleName(metric)}${labels === "" ? "" : `{${labels}}`} ${number}`];
  });
}

const renderLabel = (name: string, value: string): string => `${name}="${escapeText(value)}"`;

// Both formats escape these three in the value of a label. OpenMetrics does so in the help, and the other has no quote there.
const escapes: ReadonlyMap<string, string> = new Map([
  ["\\", String.raw`\\`],
  ['"', String.raw`\"`],
  ["\n", String.raw`\n`],
]);

const escapeText = (text: string): string =>
  text.toWellFormed().replaceAll(/[\\"\n]/g, (character) => escapes.get(character) ?? "");
