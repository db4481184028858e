import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { runHelper } from "./host/run-helper.ts";
import { stopSandbox } from "./run/stop/stop-sandbox.ts";

// stop NAME: ExecStop= of sandbox@NAME.service.
void runHelper(async ([name = ""]) => {
  await stopSandbox(parseSandboxName(name));
});
