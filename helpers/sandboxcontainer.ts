import { runProgram } from "./command/program.ts";
import { runHelper } from "./run-helper.ts";

void runHelper(runProgram);
