import { mkdirSync } from "node:fs";
import type { Row } from "../results.ts";
import { type Sizes, sizesOf } from "../sizes.ts";
import { chooseBoot, makeBoots, readBoot } from "./boot.ts";
import { measureCreate } from "./create.ts";
import { measureDensity } from "./density.ts";
import { measureFilter } from "./filter.ts";
import { measureGenerator } from "./generator.ts";
import { measureMemory } from "./memory.ts";
import { measurePort } from "./port.ts";
import { memory, work } from "./places.ts";
import { measureReload } from "./reload.ts";
import { removeAll } from "./remove-all.ts";
import { measureStartStop } from "./start-stop.ts";
import { measureVerbs } from "./verbs.ts";
import { measureWeb } from "./web.ts";

// main.ts ROW [--small], or main.ts VERB [ARGUMENT]...: runs in the bed, and prints the results as JSON.
const rows: Readonly<Record<string, (sizes: Sizes) => Row>> = {
  generator: measureGenerator,
  reload: measureReload,
  start: measureStartStop,
  filter: measureFilter,
  web: measureWeb,
  create: measureCreate,
  port: measurePort,
  memory: measureMemory,
  verbs: measureVerbs,
  density: measureDensity,
};
const verbs: Readonly<Record<string, (first: string, second: string) => unknown>> = {
  remove: removeAll,
  "make-boots": (count) => {
    makeBoots(Number(count));
  },
  "choose-boot": chooseBoot,
  "read-boot": (name, count) => readBoot(name, Number(count)),
};
const [what = "", first = "", second = ""] = process.argv.slice(2);
const row = rows[what];
const verb = verbs[what];

for (const folder of [work, memory]) mkdirSync(folder, { recursive: true });
const found = row === undefined ? verb?.(first, second) : row(sizesOf(first === "--small"));
if (found !== undefined) process.stdout.write(JSON.stringify(found));
