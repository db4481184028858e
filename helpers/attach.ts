import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { runHelper } from "./host/run-helper.ts";
import { attachSandbox } from "./run/attach/attach-sandbox.ts";

// attach NAME: run by launch, mounts what the container is put together from.
void runHelper(async ([name = ""]) => {
  await attachSandbox(parseSandboxName(name));
});
