import test from "node:test";
import { compareDocument } from "../../documents/compare.ts";
import { loadVerbs } from "../../documents/load-verbs.ts";
import { renderTable } from "../../documents/render-table.ts";

const found = await loadVerbs();

test("the command line knows all verbs", () =>
  compareDocument("helpers/command/all-verbs.ts", () => renderTable(found)));
