import { rootDirectory } from "../base/paths.ts";
import { loadAllConfs } from "../conf/load-conf.ts";
import { openKernelLog, sayOnStderr } from "./kernel-log.ts";
import { describeOutput, writeOutputs } from "./output.ts";
import { planOutput } from "./plan-output.ts";

// systemd passes the folders NORMAL EARLY LATE (systemd.generator(7)); we use only NORMAL. A person passes --dry-run.
const [directory] = process.argv.slice(2);
process.exitCode =
  directory === undefined ? sayUsage() : directory === "--dry-run" ? printOutputs() : generate(directory);

function sayUsage(): number {
  process.stderr.write("Usage: sandboxcontainer-generator NORMAL [EARLY LATE] | --dry-run\n");
  return 2;
}

function printOutputs(): number {
  const { outputs, problems } = planOutput(loadAllConfs(), rootDirectory);
  process.stdout.write(outputs.map(describeOutput).join("\n"));
  problems.forEach(sayOnStderr);
  return 0;
}

// A bad conf makes its sandbox fail, not the generator.
function generate(directory: string): number {
  const { outputs, problems } = planOutput(loadAllConfs(), rootDirectory);
  const unwritten = writeOutputs(directory, outputs);
  if (problems.length + unwritten.length > 0) [...problems, ...unwritten].forEach(openKernelLog());
  return outputs.length > 0 && unwritten.length === outputs.length ? 1 : 0;
}
