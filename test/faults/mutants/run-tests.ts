import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { MUTANT_TOOK: took } = process.env;
if (took !== undefined)
  process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    writeFileSync(took, String((user + system) / 1e6));
  });

// Runs files of tests in one process, one after the other: the first failure ends it before the others are even loaded.
for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);
