import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { destroySandbox } from "./run/destroy-sandbox.ts";

// destroy NAME: a stop, and a start after a crash, run this if libvirt still knows a domain that should have ended. It needs
// no conf.
void runHelper(async ([name = ""]) => {
  await destroySandbox(parseSandboxName(name));
});
