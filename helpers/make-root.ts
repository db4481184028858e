import { parseSandboxName } from "../base/sandbox-name.ts";
import { loadConf } from "../conf/load-conf.ts";
import { printStep, printWarning, runHelper } from "./host/process/run-helper.ts";
import { labelSandbox } from "./run/label-sandbox.ts";
import { isPrepared } from "./run/plan/kept-plan.ts";
import { prepareSandbox } from "./run/prepare/prepare-sandbox.ts";
import { requireWholeOrHeld } from "./sandbox/hold/unfinished.ts";
import { describePopulation, populateSandbox } from "./sandbox/populate/populate-sandbox.ts";
import { populationOf } from "./sandbox/populate/population.ts";
import { readUnitFacts } from "./sandbox/populate/read-unit-facts.ts";
import { hasStamp, ownStamp } from "./sandbox/populate/record-content.ts";

// make-root NAME: makes the private tree of a sandbox, labels it and prepares its start, for sandbox-root@NAME.service. It does
// nothing that an earlier run has done for this conf.
void runHelper(async ([name = ""]) => {
  const conf = loadConf(parseSandboxName(name));
  const isDone = (): boolean => hasStamp(conf.name, ownStamp(conf)) && isPrepared(conf.name);
  if (!isDone()) {
    printStep("making the root");
    const started = performance.now();
    await requireWholeOrHeld(conf.name);
    const manifest = await populateSandbox(populationOf(conf), readUnitFacts, printWarning);
    process.stdout.write(`${await describePopulation(conf.name, manifest, performance.now() - started)}\n`);
    printStep("labelling the root");
  }
  // Whatever the stamp says, a profile of AppArmor may have changed. A label that changes removes the stamp.
  await labelSandbox(conf);
  if (isDone()) return;
  printStep("preparing the start");
  await prepareSandbox(conf);
});
