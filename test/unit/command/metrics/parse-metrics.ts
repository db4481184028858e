/** A sample as a reader of the text sees it. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with its samples. */
export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string | undefined;
  readonly help: string;
  readonly samples: readonly ReadSample[];
}

const endings: Readonly<Record<string, readonly string[]>> = {
  openmetrics: ["gauge", "counter_total", "info_info"],
  prometheus: ["gauge", "counter"],
};

/**
 * Reads the text of metrics as strictly as the specification of OpenMetrics 1.0 allows for what we write, or as Prometheus's older
 * format wants it. Throws where a reader could complain, or see something else than was meant.
 */
export function parseMetrics(text: string, format: "openmetrics" | "prometheus"): readonly ReadFamily[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last line does not end");
  if (format === "openmetrics" && lines.pop() !== "# EOF") throw new Error("there is no end");
  const families: (ReadFamily & { samples: ReadSample[] })[] = [];
  for (let at = 0; at < lines.length;) {
    const [, name = "", type = ""] = /^# TYPE ([a-z_]+) ([a-z]+)$/.exec(lines[at++] ?? "") ?? [];
    if (families.some((family) => family.name === name)) throw new Error(`${name} occurs twice`);
    const [, unit] = new RegExp(`^# UNIT ${name} ([a-z]+)$`).exec(lines[at] ?? "") ?? [];
    if (unit !== undefined) at++;
    if (unit !== undefined && !name.endsWith(`_${unit}`)) throw new Error(`${name} does not end in ${unit}`);
    const [, help = ""] = new RegExp(`^# HELP ${name} (.+)$`).exec(lines[at++] ?? "") ?? [];
    if (name === "" || help === "") throw new Error(`line ${at}: ${String(lines[at - 1])}`);
    const known = endings[format]?.find((each) => each.split("_")[0] === type);
    if (known === undefined) throw new Error(`${name} has the type ${type}`);
    const sampleName = name + known.slice(type.length);
    const samples: ReadSample[] = [];
    for (; at < lines.length && !lines[at]?.startsWith("#"); at++)
      samples.push(parseSample(lines[at] ?? "", sampleName));
    if (samples.length === 0) throw new Error(`${name} has no sample`);
    if (new Set(samples.map(({ labels }) => JSON.stringify(labels))).size < samples.length)
      throw new Error(`${name} has a sample twice`);
    families.push({ name, type, unit, help, samples });
  }
  return families;
}

const label = String.raw`([a-z_]+)="((?:[^"\\]|\\["\\n])*)"`;

function parseSample(line: string, name: string): ReadSample {
  const [, written, , inner = "", number = ""] =
    new RegExp(`^([a-z_]+)(\\{(${label}(?:,${label})*)\\})? (-?\\d[\\d.e+-]*)$`)
      .exec(line)
      ?.flatMap((part, index) => ([0, 1, 2, 3, 8].includes(index) ? [part] : [])) ?? [];
  if (written !== name) throw new Error(`a sample of ${name}: ${line}`);
  const labels = [...inner.matchAll(new RegExp(label, "g"))].map(([, key = "", value = ""]) => [
    key,
    value.replaceAll(/\\(["\\n])/g, (_, character: string) => (character === "n" ? "\n" : character)),
  ]);
  const value = Number(number);
  if (!Number.isFinite(value)) throw new Error(`${line}: not a number`);
  return { name, labels: Object.fromEntries(labels) as Record<string, string>, value };
}
