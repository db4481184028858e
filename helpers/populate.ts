import { loadConf } from "../generator/conf/load-conf.ts";
import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { requireWhole } from "./sandbox/hold/require-whole.ts";
import { describePopulation, populateSandbox } from "./sandbox/populate/populate-sandbox.ts";
import { populationOf } from "./sandbox/populate/population.ts";
import { readUnitFacts } from "./sandbox/populate/read-unit-facts.ts";
import { printWarning, runHelper } from "./host/run-helper.ts";

// populate NAME: the first step of sandbox-root@NAME.service. It makes the sandbox's private tree.
void runHelper(async ([name = ""]) => {
  const started = performance.now();
  await requireWhole(parseSandboxName(name));
  const population = populationOf(loadConf(parseSandboxName(name)));
  const manifest = await populateSandbox(population, readUnitFacts, printWarning);
  const line = await describePopulation(population.name, manifest, performance.now() - started);
  process.stdout.write(`${line}\n`);
});
