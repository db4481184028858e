import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { runQuick } from "../../host/run-quick.ts";
import { withTime } from "./with-time.ts";

/**
 * Makes systemd run the steps before a start: they make the root, label it and prepare the start. If the host's data is
 * copied, that may take any time. sandbox@.service does not want that unit, or systemd would load it in each start, for
 * nothing.
 */
export async function prepareRoot(name: SandboxName): Promise<void> {
  // The unit may have failed. requireReady says so.
  await withTime(name, () => runQuick("systemctl", ["start", `sandbox-root@${name}.service`]));
}
