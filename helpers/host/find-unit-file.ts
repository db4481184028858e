import { existsSync } from "node:fs";
import { join } from "node:path";
import { rootDirectory } from "../../generator/conf/paths.ts";

const folders = ["etc/systemd/system", "usr/lib/systemd/system"].map((folder) => join(rootDirectory, folder));

/** The file of a unit on the host, of an instance that of its template; drop-ins are not looked at. */
export const findHostUnit = (unit: string): string | undefined =>
  folders.map((folder) => join(folder, unit.replace(/@.*\./, "@."))).find((path) => existsSync(path));
