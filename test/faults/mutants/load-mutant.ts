import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

// Loads the text of a mutant instead of the file that it comes from. NODE_OPTIONS has an `--import` of this, so that the
// programs that a test starts have the mutant too.
const { MUTANT_OF: url, MUTANT_TEXT: file } = process.env;

registerHooks({
  load: (wanted, context, nextLoad) =>
    wanted === url && file !== undefined
      ? { format: "module-typescript", source: readFileSync(file), shortCircuit: true }
      : nextLoad(wanted, context),
});
