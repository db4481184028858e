import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { finishStop } from "./run/stop/finish-stop.ts";
import { stopSandbox } from "./run/stop/stop-sandbox.ts";
import { thawForStop } from "./run/thaw-frozen.ts";

// stop NAME: ExecStop= of sandbox@NAME.service.
void runHelper(async ([text = ""]) => {
  const name = parseSandboxName(text);
  await thawForStop(name);
  await stopSandbox(name);
  await finishStop(name, process.env["INVOCATION_ID"]);
});
