import { mkdirSync } from "node:fs";
import { sizesOf } from "../sizes.ts";
import { measureDensity } from "./density.ts";
import { measureGenerator } from "./generator.ts";
import { measureMemory } from "./memory.ts";
import { measurePort } from "./port.ts";
import { memory, work } from "./places.ts";
import { removeAll } from "./remove-all.ts";
import { measureStartStop } from "./start-stop.ts";
import { measureWeb } from "./web.ts";

// main.ts remove | ROW [--small]: in the bed. What a row found is printed as JSON.
const rows = {
  generator: measureGenerator,
  start: measureStartStop,
  web: measureWeb,
  port: measurePort,
  memory: measureMemory,
  density: measureDensity,
};
const [what = "", size] = process.argv.slice(2);

if (what === "remove") removeAll();
else {
  const row = Object.entries(rows).find(([name]) => name === what);
  if (row === undefined) throw new Error(`there is no row ${what}`);
  for (const folder of [work, memory]) mkdirSync(folder, { recursive: true });
  process.stdout.write(JSON.stringify(row[1](sizesOf(size === "--small"))));
}
