import { runHelper } from "./host/process/run-helper.ts";
import { guardFolders } from "./run/guard/guard-folders.ts";

// guard: ExecStart= of sandboxcontainer-guard.service, before a service or a user of the host can run anything in the
// folders.
void runHelper(() => guardFolders());
