import { readFileSync } from "node:fs";
import { type Generator, loadCompiled } from "./load-compiled.ts";

// To read what was compiled takes a third of the time that it takes to compile.
function readCode(): Buffer | undefined {
  try {
    return readFileSync(`${__dirname}/generator.code`);
  } catch {
    return undefined;
  }
}

(loadCompiled(__dirname, readCode()).runInThisContext() as Generator)(require);
