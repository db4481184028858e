import { loadConf } from "../generator/conf/load-conf.ts";
import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { labelSandbox } from "./run/label-sandbox.ts";
import { runHelper } from "./host/run-helper.ts";

// label NAME: the last step of sandbox-root@NAME.service.
void runHelper(([name = ""]) => labelSandbox(loadConf(parseSandboxName(name))));
