import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sandboxMetrics, scrapeMetrics, states } from "../../../../helpers/command/metrics/metrics.ts";
import { type MetricsFormat, renderMetrics, sampleName } from "../../../../helpers/command/metrics/render-metrics.ts";
import { parseMetrics } from "./parse-metrics.ts";
import { running, scrapeOf, stopped } from "./scrape.ts";

const formats: readonly MetricsFormat[] = ["openmetrics", "prometheus"];

for (const format of formats) {
  test(`a scrape is rendered as ${format}, with a state for a stopped sandbox and nothing that is not known`, () => {
    const text = renderMetrics(scrapeOf(stopped, running), format);
    const golden = join(import.meta.dirname, `golden/${format}.txt`);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, text);
    else assert.equal(text, readFileSync(golden, "utf8"));
    parseMetrics(text, format);
  });
}

test("a sandbox that has everything has a sample of each metric, under the name that is asked for", () => {
  const families = parseMetrics(renderMetrics(scrapeOf(running), "openmetrics"), "openmetrics");
  const known = [...scrapeMetrics, ...sandboxMetrics].map((metric) => ({
    name: sampleName(metric),
    type: metric.type,
  }));
  assert.deepEqual(
    families.map(({ samples, type }) => ({ name: samples[0]?.name, type })),
    known,
  );
});

test("both formats have the same samples", () => {
  const [open, older] = formats.map((format) =>
    parseMetrics(renderMetrics(scrapeOf(stopped, running), format), format).flatMap(({ samples }) => samples),
  );
  assert.deepEqual(open, older);
});

test("exactly one state has a 1, also one that no systemd has had so far", () => {
  for (const state of [...states, "thinking"]) {
    const [family] = parseMetrics(renderMetrics(scrapeOf({ ...running, state }), "openmetrics"), "openmetrics").filter(
      ({ name }) => name === "sandboxcontainer_state",
    );
    const on = family?.samples.filter(({ value }) => value === 1).map(({ labels }) => labels);
    assert.deepEqual(on, [{ name: "web1", state }]);
    assert.ok((family?.samples.length ?? 0) >= states.length);
  }
});

test("no help needs a quote, which the two formats would write differently", () => {
  for (const { name, help } of [...scrapeMetrics, ...sandboxMetrics]) assert.match(help, /^[^"\\\n|]+\.$/, name);
});

test("what is no number is left out", () => {
  const text = renderMetrics(
    scrapeOf({ ...running, restarts: NaN, newestSnapshot: Infinity, snapshots: null, snapshotFailed: null }),
    "openmetrics",
  );
  assert.doesNotMatch(text, /restarts|snapshot/);
  parseMetrics(text, "openmetrics");
});

test("without sandboxes there are the metrics of the scrape", () => {
  const families = parseMetrics(renderMetrics(scrapeOf(), "openmetrics"), "openmetrics");
  assert.deepEqual(
    families.map(({ name }) => name),
    ["sandboxcontainer_build", "sandboxcontainer_scrape_duration_seconds"],
  );
});
