import { runProgram } from "./command/program.ts";
import { runHelper } from "./host/process/run-helper.ts";

void runHelper(runProgram);
