import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { states } from "../../../../helpers/command/metrics/metrics.ts";
import { sampleName } from "../../../../helpers/command/metrics/render-metrics.ts";
import { listMetrics } from "../../../documents/render-metrics-page.ts";

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../../../docs/metrics", name), "utf8");

const known = new Map(listMetrics().map(({ metric, labels }) => [sampleName(metric), labels]));
// Prometheus adds these to what it reads.
const added = ["instance", "job"];

/** What an expression of PromQL asks for: metrics of ours with the labels that it names. */
function findAsked(expression: string): readonly { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expression.matchAll(/\b(sandboxcontainer_\w+)(\{[^}]*\})?/g)].map(([, name = "", selector = ""]) => ({
    name,
    labels: [...selector.matchAll(/(\w+) *(?:=~|!~|!=|=) *"/g)].map(([, label = ""]) => label),
  }));
}

function assertExported(expression: string): void {
  for (const { name, labels } of findAsked(expression)) {
    const exported = known.get(name);
    assert.ok(exported !== undefined, `${name} is not exported: ${expression}`);
    for (const label of labels) assert.ok([...exported, ...added].includes(label), `${name} has no label ${label}`);
    const [, state] = /state="(\w+)"/.exec(expression) ?? [];
    assert.ok(state === undefined || states.some((each) => each === state), `there is no state ${String(state)}`);
  }
  const [first] = findAsked(expression);
  const grouped = /\bby \(([^)]*)\)/.exec(expression)?.[1]?.split(/, */) ?? [];
  for (const label of grouped)
    assert.ok([...(known.get(first?.name ?? "") ?? []), ...added].includes(label), `by (${label}): ${expression}`);
}

/** All values of a key anywhere in JSON. */
function collect(value: unknown, key: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key && typeof inner === "string" ? [inner] : collect(inner, key),
  );
}

test("what the alerts ask for is exported, with these labels", () => {
  const alerts = read("alerts.yml");
  const expressions = [...alerts.matchAll(/^ +expr: (.+)$/gm)].map(([, expression = ""]) => expression);
  assert.ok(expressions.length > 8);
  assert.equal(expressions.length, [...alerts.matchAll(/- alert: /g)].length);
  expressions.forEach(assertExported);
  for (const [, label = ""] of alerts.matchAll(/\$labels\.(\w+)/g))
    assert.ok(["name", "instance"].includes(label), label);
});

test("what the dashboard asks for is exported, with these labels", () => {
  const dashboard = JSON.parse(read("dashboard.json")) as unknown;
  const expressions = [...collect(dashboard, "expr"), ...collect(dashboard, "query")];
  assert.ok(expressions.length > 20);
  expressions.forEach(assertExported);
  for (const expression of expressions)
    for (const [, metric = "", label = ""] of expression.matchAll(/label_values\((\w+).*, (\w+)\)$/g))
      assert.ok([...(known.get(metric) ?? []), ...added].includes(label), expression);
  const variables = ["datasource", "instance", "name", "__rate_interval", "__all"];
  for (const [, name = ""] of JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g))
    assert.ok(variables.includes(name), name);
});

test("every metric is in the dashboard, so that whoever adds one shows it", () => {
  const asked = new Set(
    collect(JSON.parse(read("dashboard.json")), "expr")
      .flatMap(findAsked)
      .map(({ name }) => name),
  );
  assert.deepEqual(
    [...known.keys()].filter((name) => !asked.has(name)),
    [],
  );
});

test("panels of the dashboard have ids of their own, and do not cover each other", () => {
  const { panels } = JSON.parse(read("dashboard.json")) as {
    panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
  };
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}:${y + Math.floor(cell / w)}`),
  );
  assert.equal(new Set(cells).size, cells.length);
});

test("an example that asks for what there is not would be noticed", () => {
  assert.throws(() => {
    assertExported("rate(sandboxcontainer_cpu_seconds[5m])");
  }, /not exported/);
  assert.throws(() => {
    assertExported('sandboxcontainer_tasks{unit="a"}');
  }, /no label unit/);
  assert.throws(() => {
    assertExported('sandboxcontainer_state{state="broken"}');
  }, /no state broken/);
  assert.throws(() => {
    assertExported("sum by (device) (sandboxcontainer_tasks)");
  }, /by \(device\)/);
});
