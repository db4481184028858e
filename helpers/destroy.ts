import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { destroySandbox } from "./run/destroy-sandbox.ts";
import { runHelper } from "./host/run-helper.ts";

// destroy NAME: a stop, and a start after a crash, run this if libvirt still knows a domain that should have ended. It needs
// no conf.
void runHelper(async ([name = ""]) => {
  await destroySandbox(parseSandboxName(name));
});
