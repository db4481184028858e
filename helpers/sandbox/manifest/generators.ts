import { basename } from "node:path";
import type { PackageDatabase } from "../../host/packages/package-database.ts";
import type { Selection } from "./selection.ts";

const folder = "/usr/lib/systemd/system-generators/";
const manager = "/usr/lib/systemd/systemd";

/**
 * The names of systemd generators that the service's own packages ship (systemd.generator(7)): they make units from the
 * service's configuration, so they have to see that of the sandbox. Those of every system are about the host's
 * hardware and mounts.
 */
export const findGenerators = (database: PackageDatabase, { own }: Selection): readonly string[] =>
  [...own]
    .filter((each) => !database.isBase(each) && !database.findOwners(manager).includes(each))
    .flatMap((each) => database.listPaths(each))
    .filter((path) => path.startsWith(folder) && /^[\w.@+-]+$/.test(path.slice(folder.length)))
    .map((path) => basename(path))
    .sort();
