import { loadConf } from "../generator/load-conf.ts";
import { parseSandboxName } from "../generator/sandbox-name.ts";
import { requireWhole } from "./keep/unfinished.ts";
import { populateSandbox } from "./populate/populate-sandbox.ts";
import { describePopulation } from "./populate/describe-population.ts";
import { populationOf } from "./populate/population.ts";
import { readUnitFacts } from "./populate/unit-facts.ts";
import { printWarning, runHelper } from "./run-helper.ts";

// populate NAME: the first step of sandbox-root@NAME.service, makes the sandbox's private tree.
void runHelper(async ([name = ""]) => {
  const started = performance.now();
  await requireWhole(parseSandboxName(name));
  const population = populationOf(loadConf(parseSandboxName(name)));
  const manifest = await populateSandbox(population, readUnitFacts, printWarning);
  const line = await describePopulation(population.name, manifest, performance.now() - started);
  process.stdout.write(`${line}\n`);
});
