import { writeSync } from "node:fs";
import { describeError, SandboxError } from "../generator/conf/sandbox-error.ts";
import { enterContainer } from "./run/enter/enter-container.ts";

// enter PID:BEGAN FILTER PROFILE TERM USER FOLDER NAME=VALUE… -- COMMAND ARG…: runs a command beside the container's PID 1,
// which is PID on the host and began at that moment, with the system call filter in the file FILTER, in the AppArmor PROFILE
// (`-`: none). Standard input and output belong to the command: streams of ours would change how they block.
void enter();

async function enter(): Promise<never> {
  try {
    const [init = "", filterFile = "", given = "", term = "", ...words] = process.argv.slice(2);
    const profile = given === "-" ? undefined : given;
    const [pid, began = ""] = init.split(":");
    process.exitCode = await enterContainer({ init: { pid: Number(pid), began }, filterFile, profile, term, words });
  } catch (error) {
    writeSync(2, `${describeError(error)}\n`);
    process.exitCode = error instanceof SandboxError ? error.status : 1;
  }
  return process.exit();
}
