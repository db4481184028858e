import { loadConf } from "../generator/conf/load-conf.ts";
import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { prepareSandbox } from "./run/prepare/prepare-sandbox.ts";
import { runHelper } from "./host/run-helper.ts";

// prepare NAME: the last step of sandbox-root@NAME.service.
void runHelper(([name = ""]) => prepareSandbox(loadConf(parseSandboxName(name))));
