import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { reloadSandbox } from "./run/reload-sandbox.ts";

// reload NAME: ExecReload= of sandbox@NAME.service.
void runHelper(async ([name = ""]) => {
  await reloadSandbox(parseSandboxName(name));
});
