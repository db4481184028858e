import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { Verb } from "../../../helpers/command/verb.ts";
import { compareDocument } from "../../documents/compare.ts";
import { loadVerbs } from "../../documents/load-verbs.ts";
import { renderJsonPage } from "../../documents/render-json-page.ts";
import { renderManual } from "../../documents/render-manual.ts";
import { renderMetricsPage } from "../../documents/render-metrics-page.ts";
import { renderPageTypes } from "../../documents/render-page-types.ts";
import { renderReadme } from "../../documents/render-readme.ts";
import { renderTable } from "../../documents/render-table.ts";

const found = await loadVerbs();
const verbs = found.map(({ verb }) => verb);

test("the command line knows all verbs", () =>
  compareDocument("helpers/command/all-verbs.ts", () => renderTable(found)));

test("the manual has an entry for each verb, with its arguments and options", () =>
  compareDocument("man/sandboxcontainer.1", (page) => renderManual(page, verbs)));

test("README shows what the verbs do", () => compareDocument("README.md", (page) => renderReadme(page, verbs)));

test("docs/json.md describes what the verbs print, and the page for Cockpit has the types of that", async () => {
  await compareDocument("docs/json.md", (page) => renderJsonPage(page, verbs));
  await compareDocument("cockpit/src/host/types.ts", renderPageTypes);
});

test("docs/metrics.md has every metric of stats --openmetrics", () =>
  compareDocument("docs/metrics.md", renderMetricsPage));

test("a verb that comes is in all documents, and one that goes leaves no trace", () => {
  const fresh: Verb = {
    ...{ name: "try", group: "Run", summary: "try a sandbox", examples: ["try web1"], run: () => undefined },
    places: { "<name>": "sandbox", "[path...]": "file" },
    options: { "-h, --hard <level>": "try hard" },
    json: `{ name: string; parts: { kind: "one" | "two" | null; at?: number }[] | null }[]`,
  };
  const pages = [
    [
      "man/sandboxcontainer.1",
      renderManual,
      ".It Ic try Oo Fl -hard Ar LEVEL Oc Ar NAME Op Ar PATH...\nTry a sandbox.\n",
    ],
    ["README.md", renderReadme, "| `sandboxcontainer try web1` | try a sandbox |\n"],
    ["docs/json.md", renderJsonPage, "## try\n\nAn array of objects.\n\n| key | type | meaning |\n|---|---|---|\n"],
    ["docs/json.md", renderJsonPage, "| `parts` | object[] or null | |\n| `parts[].kind` | `one`, `two` or null | |\n"],
    ["docs/json.md", renderJsonPage, "| `parts[].at?` | number | |\n"],
  ] as const;
  for (const [path, render, line] of pages) {
    const page = render(readFileSync(join(import.meta.dirname, "../../..", path), "utf8"), verbs);
    const more = render(page, [...verbs, fresh]);
    assert.ok(more.includes(line), path);
    assert.equal(render(more, verbs), page);
  }
});
