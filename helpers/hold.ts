import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { runHelper } from "./host/run-helper.ts";
import { awaitRelease } from "./sandbox/hold/await-release.ts";

// hold NAME: ExecStart= of sandbox-hold@NAME.service, which all that starts the sandbox waits for.
void runHelper(async ([name = ""]) => {
  await awaitRelease(parseSandboxName(name));
});
