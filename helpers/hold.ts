import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { awaitRelease } from "./sandbox/hold/await-release.ts";

// hold NAME: ExecStart= of sandbox-hold@NAME.service. Everything that starts the sandbox waits for it.
void runHelper(async ([name = ""]) => {
  await awaitRelease(parseSandboxName(name));
});
