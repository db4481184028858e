import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { launchSandbox } from "./run/launch/launch-sandbox.ts";

// launch NAME: ExecStart= of sandbox@NAME.service.
void runHelper(async ([name = ""]) => {
  await launchSandbox(parseSandboxName(name));
});
