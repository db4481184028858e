import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { copyToRunning, reloadSandbox } from "./run/reload-sandbox.ts";

// reload NAME: ExecReload= of sandbox@NAME.service. reload NAME credentials: ExecStart= of sandbox-credentials@NAME.service.
void runHelper(async ([name = "", part]) => {
  if (part === "credentials") copyToRunning(parseSandboxName(name));
  else await reloadSandbox(parseSandboxName(name));
});
