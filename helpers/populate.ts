import type { Conf } from "../generator/conf.ts";
import { loadConf } from "../generator/load-conf.ts";
import { hashConf } from "../generator/conf-hash.ts";
import { parseSandboxName } from "../generator/sandbox-name.ts";
import { populateSandbox, type Population } from "./populate/populate-sandbox.ts";
import { describePopulation } from "./populate/describe-population.ts";
import { readUnitFacts } from "./populate/unit-facts.ts";
import { runHelper } from "./run-helper.ts";

// populate NAME: the first step of sandbox-root@NAME.service, makes the sandbox's private tree.
void runHelper(async ([name = ""]) => {
  const started = performance.now();
  const population = toPopulation(loadConf(parseSandboxName(name)));
  const manifest = await populateSandbox(population, readUnitFacts);
  const line = await describePopulation(population.name, manifest, performance.now() - started);
  process.stdout.write(`${line}\n`);
});

function toPopulation(conf: Conf): Population {
  return {
    name: conf.name,
    units: conf.Unit,
    executable: conf.Exec?.words[0],
    packages: conf.Package,
    copy: conf.Copy,
    userNamespace: conf.UserNamespace,
    hash: hashConf(conf),
  };
}
