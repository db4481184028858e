import { readFileSync } from "node:fs";
import { Script } from "node:vm";

/**
 * The generator's bundle in a folder, as a script that evaluates to a function of `require`, and the code that V8 made of it when it was
 * built. V8 refuses code of another version or of other flags, and then compiles the script (vm.Script, cachedData).
 */
export function loadCompiled(folder: string, cachedData?: Buffer): Script {
  const filename = `${folder}/generator.cjs`;
  return new Script(`(require) => {${readFileSync(filename, "latin1")}\n}`, { filename, cachedData });
}

/** What runs it. */
export type Generator = (require: NodeJS.Require) => void;
