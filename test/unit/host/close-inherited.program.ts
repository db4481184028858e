import { spawnSync } from "node:child_process";
import { closeInherited } from "../../../helpers/host/close-inherited.ts";

// Run by close-inherited.test.ts: lists the open files of a child.
closeInherited();
spawnSync("ls", ["-l", "/proc/self/fd"], { stdio: "inherit" });
