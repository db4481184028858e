import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { followServers, tellServers } from "./run/network/name-servers.ts";

// follow-servers [NAME]: ExecStart= of sandboxcontainer-servers.service, for all sandboxes, or for one.
void runHelper(async ([name]) => {
  await (name === undefined ? followServers() : tellServers(parseSandboxName(name)));
});
