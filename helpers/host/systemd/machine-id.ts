import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rootDirectory } from "../../../base/paths.ts";

/** The machine-id(5) of this host: 32 hexadecimal digits. */
export const readMachineId = (): string => readFileSync(join(rootDirectory, "etc/machine-id"), "utf8").trim();
