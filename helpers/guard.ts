import { runHelper } from "./host/run-helper.ts";
import { guardFolders } from "./run/guard/guard-folders.ts";

// guard: ExecStart= of sandboxcontainer-guard.service, before a service or a user of the host can run what is in the folders.
void runHelper(() => guardFolders());
