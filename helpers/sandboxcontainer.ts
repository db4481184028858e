import { runProgram } from "./command/program.ts";
import { runHelper } from "./host/run-helper.ts";

void runHelper(runProgram);
