import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { runHelper } from "./host/run-helper.ts";
import { forgetDomain } from "./run/stop/forget-domain.ts";

// forget NAME: launch runs this if libvirt still has a domain of an earlier start.
void runHelper(async ([name = ""]) => {
  await forgetDomain(parseSandboxName(name));
});
