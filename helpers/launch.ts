import { parseSandboxName } from "../generator/sandbox-name.ts";
import { launchSandbox } from "./launch/launch-sandbox.ts";
import { runHelper } from "./run-helper.ts";

// launch NAME: ExecStart= of sandbox@NAME.service. Ends when the service is ready; libvirt's controller stays.
void runHelper(([name = ""]) => launchSandbox(parseSandboxName(name)));
