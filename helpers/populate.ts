import { requireWholeOrHeld } from "./sandbox/hold/require-whole.ts";
import { describePopulation, populateSandbox } from "./sandbox/populate/populate-sandbox.ts";
import { populationOf } from "./sandbox/populate/population.ts";
import { readUnitFacts } from "./sandbox/populate/read-unit-facts.ts";
import { printWarning } from "./host/run-helper.ts";
import { runStep } from "./run/run-step.ts";

// populate NAME: the first step of sandbox-root@NAME.service. It makes the sandbox's private tree.
void runStep(async (conf) => {
  const started = performance.now();
  await requireWholeOrHeld(conf.name);
  const manifest = await populateSandbox(populationOf(conf), readUnitFacts, printWarning);
  const line = await describePopulation(conf.name, manifest, performance.now() - started);
  process.stdout.write(`${line}\n`);
});
