import { escapeText } from "../first-steps/render-terminal.ts";
import { formatNumber } from "./report.ts";
import { median, quantile, type Machine, type Measure, type Results } from "./results.ts";

interface Chart {
  readonly row: string;
  readonly measure: string;
  readonly title: string;
}

const charts: readonly Chart[] = [
  { row: "start", measure: "start", title: "systemctl start, idle command" },
  { row: "start", measure: "stop", title: "systemctl stop, idle command" },
  { row: "web", measure: "answer", title: "systemctl start of apache2, until it answers" },
  { row: "create", measure: "disk", title: "Disk of a container of apache2, podman's image apart" },
  { row: "memory", measure: "each of 10", title: "Memory of each of ten, without what runs in it" },
  { row: "density", measure: "start of one more", title: "systemctl start beside others" },
  { row: "generator", measure: "1000: time", title: "Generator, 1000 definitions" },
  { row: "boot", measure: "added by 20", title: "Added to a boot by 20 of them" },
];

const cell = 430;
const lineHeight = 18;
const labelWidth = 150;
const barWidth = 185;
const margin = 16;

/**
 * Draws the bench's results for README, as SVG. A chart has a bar for each party: its median, with the middle half as a
 * line.
 */
export function renderPicture({ rows, machine, date }: Results): string {
  const found = charts.flatMap(({ row, measure, title }) => {
    const one = rows.find(({ name }) => name === row)?.measures.find(({ name }) => name === measure);
    return one === undefined ? [] : [{ title, measure: one }];
  });
  // There are two columns; each chart goes below the shorter one.
  const heights: [number, number] = [margin, margin];
  const drawn = found.map(({ title, measure }) => {
    const column = heights[0] <= heights[1] ? 0 : 1;
    const text = drawChart(title, measure, margin + column * cell, heights[column]);
    heights[column] += (measure.series.length + 2) * lineHeight;
    return text;
  });
  const width = 2 * cell + margin;
  const bottom = Math.max(...heights);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 2 * margin}" width="${width}" height="${bottom + 2 * margin}">
<style>text { font: 12px system-ui, sans-serif; fill: #c8ccd4 } .title { fill: #fff; font-weight: bold } .ours { fill: #6cb6ff } .other { fill: #6b7280 } line { stroke: #fff; stroke-opacity: .7 }</style>
<rect width="100%" height="100%" rx="8" fill="#1d2129"/>
${drawn.join("")}<text x="${margin}" y="${bottom + margin}">${escapeText(describeMachine(machine, date))}</text>
</svg>
`;
}

function drawChart(title: string, { unit, series }: Measure, x: number, y: number): string {
  const longest = Math.max(...series.map(({ values }) => quantile(values, 0.75)));
  const scale = (value: number): string => ((value / longest) * barWidth).toFixed(1);
  const bars = series.map(({ party, values }, index) => {
    const top = y + (index + 1) * lineHeight;
    const start = x + labelWidth;
    const [low, high] = [0.25, 0.75].map((share) => (start + Number(scale(quantile(values, share)))).toFixed(1));
    return `<text x="${start - 6}" y="${top + 13}" text-anchor="end">${escapeText(party)}</text>
<rect x="${start}" y="${top + 3}" width="${scale(median(values))}" height="12" class="${isOurs(party) ? "ours" : "other"}"/>
<line x1="${low}" x2="${high}" y1="${top + 9}" y2="${top + 9}"/>
<text x="${start + barWidth + 6}" y="${top + 13}">${formatNumber(median(values))} ${unit}</text>
`;
  });
  return `<text x="${x}" y="${y + 13}" class="title">${escapeText(title)}</text>\n${bars.join("")}`;
}

const isOurs = (party: string): boolean => party.includes("sandbox");

const describeMachine = ({ cores, cpu, gigabytes, kernel }: Machine, date: string): string =>
  `Medians, and the middle half, of make bench: ${cores} cores of ${cpu}, ${gigabytes} GB, Linux ${kernel}, ${date.slice(0, 10)}`;
