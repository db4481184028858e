import { parseSandboxName } from "../base/sandbox-name.ts";
import { endProcess, printWarning, runHelper } from "./host/process/run-helper.ts";
import { notifySystemd } from "./host/systemd/notify.ts";
import { askAddress } from "./run/network/ask-address.ts";

// The same status as in RestartPreventExitStatus= of the unit.
const noContainer = 69;

// ask-address NAME: ExecStart= of sandbox-dhcp@NAME.service. The client stays behind as its main process.
void runHelper(async ([name = ""]) => {
  const client = await askAddress(parseSandboxName(name));
  if (client !== undefined) {
    notifySystemd("READY=1", `MAINPID=${client.pid}`);
    return;
  }
  printWarning(`sandbox ${name} is not running, so it needs no DHCP client`);
  return endProcess(noContainer);
});
