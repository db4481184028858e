import { loadConf } from "../generator/load-conf.ts";
import { parseSandboxName } from "../generator/sandbox-name.ts";
import { prepareSandbox } from "./prepare/prepare-sandbox.ts";
import { runHelper } from "./run-helper.ts";

// prepare NAME: the last step of sandbox-root@NAME.service.
void runHelper(([name = ""]) => {
  prepareSandbox(loadConf(parseSandboxName(name)));
});
