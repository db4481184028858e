import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { detachSandbox } from "./run/stop/detach-sandbox.ts";
import { endLike } from "./run/stop/end-like.ts";

// detach NAME: ExecStopPost= of sandbox@NAME.service, unless stop has done it already.
void runHelper(async ([name = ""]) => {
  await endLike(await detachSandbox(parseSandboxName(name)));
});
