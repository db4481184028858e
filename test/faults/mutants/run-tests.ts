import { pathToFileURL } from "node:url";

// Runs files of tests in one process, one after the other: the first failure ends it before the others are even loaded.
for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);
