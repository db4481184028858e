import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { configureSandbox } from "./run/configure/configure-sandbox.ts";

// configure NAME: ExecStart= of sandbox-configure@NAME.service, before the first start.
void runHelper(async ([name = ""]) => {
  await configureSandbox(parseSandboxName(name));
});
