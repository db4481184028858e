import { loadConf } from "../generator/conf/load-conf.ts";
import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { labelSandbox } from "./run/label-sandbox.ts";
import { runHelper } from "./host/run-helper.ts";

// label NAME: the second step of sandbox-root@NAME.service. `audit` also advises it, for a changed profile of AppArmor, so it
// does its work whatever the stamp of the conf says.
void runHelper(([name = ""]) => labelSandbox(loadConf(parseSandboxName(name))));
