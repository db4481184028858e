import { buildProgram } from "./command/program.ts";
import { runHelper } from "./run-helper.ts";

void runHelper(async () => {
  await buildProgram().parseAsync();
});
