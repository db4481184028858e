import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { runHelper } from "./host/run-helper.ts";
import { setUpNetwork } from "./run/network/set-up-network.ts";

// network NAME: run by launch before anything of a sandbox runs that has more than a loopback.
void runHelper(async ([name = ""]) => {
  await setUpNetwork(parseSandboxName(name));
});
