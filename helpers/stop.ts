import { parseSandboxName } from "../generator/sandbox-name.ts";
import { runHelper } from "./run-helper.ts";
import { stopSandbox } from "./stop/stop-sandbox.ts";

// stop [--now] NAME: ExecStop= of sandbox@NAME.service. It needs no conf, and is content when nothing runs.
void runHelper(async ([first = "", second = ""]) => {
  await stopSandbox(parseSandboxName(first === "--now" ? second : first), first === "--now" ? "now" : "gracefully");
});
