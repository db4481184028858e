import type { UnitProperties } from "../../host/systemd/systemd.ts";
import { textOf } from "../../host/systemd/unit-properties.ts";

/**
 * Whether a unit runs its program, and considers itself ready, when its start job is done. A `simple` unit is active
 * from the fork on, and a `oneshot` may already have ended (Type= in systemd.service(5)).
 */
export const isSettledWhenStarted = (unit: string, properties: UnitProperties): boolean =>
  unit.endsWith(".service") &&
  textOf(properties, "LoadState") === "loaded" &&
  ["forking", "notify", "notify-reload", "dbus", "exec"].includes(textOf(properties, "Type"));
