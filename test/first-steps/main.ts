// Runs the commands of README's first block in the native bed, which must be up, and draws what they print.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { useBed } from "../bed-tests/bed.ts";
import { renderTerminal } from "./render-terminal.ts";
import { readBlocks, type Step } from "./steps.ts";

const top = join(import.meta.dirname, "../..");
const bed = useBed("native");
const [first = []] = readBlocks(readFileSync(join(top, "README.md"), "utf8"));
const done: Step[] = [];
for (const { command } of first) done.push({ command, shows: await bed.run("bash", "-c", `${command} 2>&1`) });
writeFileSync(join(top, "docs/first-minute.svg"), renderTerminal(done));
for (const name of ["web1", "web2"]) await bed.run("sandboxcontainer", "delete", "--force", name);
