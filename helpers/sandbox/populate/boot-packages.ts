import type { HostTree } from "../../host/host-tree.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";
import { findFirstOwners } from "./service-packages.ts";

// A sandbox that boots units needs the configuration of these packages, whatever its service is.
const bootPaths = ["/usr/lib/systemd/systemd", "/usr/lib/systemd/system/dbus.socket"];

/** Finds the packages that boot units in a sandbox. */
export const findBootPackages = (database: PackageDatabase, host: HostTree): readonly Package[] =>
  bootPaths.flatMap((path) => findFirstOwners([path], database, host));
