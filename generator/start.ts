import { readFileSync } from "node:fs";
import { type Generator, loadCompiled } from "./load-compiled.ts";

// Reading the compiled code takes a third of the time that compiling takes.
function readCode(): Buffer | undefined {
  try {
    return readFileSync(`${__dirname}/generator.code`);
  } catch {
    return undefined;
  }
}

(loadCompiled(__dirname, readCode()).runInThisContext() as Generator)(require);
