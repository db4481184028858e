import { readFileSync } from "node:fs";
import { Script } from "node:vm";

/**
 * Loads the generator's bundle from a folder, as a script that evaluates to a function of `require`. `cachedData` is
 * the code that V8 made at build. V8 rejects code of another version or other flags, and then compiles (vm.Script).
 */
export function loadCompiled(folder: string, cachedData?: Buffer): Script {
  const filename = `${folder}/generator.cjs`;
  return new Script(`(require) => {${readFileSync(filename, "latin1")}\n}`, { filename, cachedData });
}

/** The function that the script evaluates to; calling it runs the generator. */
export type Generator = (require: NodeJS.Require) => void;
