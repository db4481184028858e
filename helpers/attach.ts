import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { runHelper } from "./host/run-helper.ts";
import { attachSandbox } from "./run/attach/attach-sandbox.ts";

// attach NAME: launch runs this to mount the parts of the container.
void runHelper(async ([name = ""]) => {
  await attachSandbox(parseSandboxName(name));
});
