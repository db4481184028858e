import { loadConf } from "../generator/load-conf.ts";
import { parseSandboxName } from "../generator/sandbox-name.ts";
import { labelSandbox } from "./label/label-sandbox.ts";
import { runHelper } from "./run-helper.ts";

// label NAME: the last step of sandbox-root@NAME.service.
void runHelper(([name = ""]) => labelSandbox(loadConf(parseSandboxName(name))));
