import type { UnitProperties } from "../../host/systemd.ts";
import { textOf } from "../../host/unit-properties.ts";

/**
 * Whether a unit runs its program, and is ready in its own view, when its start job is done. One that is `simple` is active from the
 * fork on, and a `oneshot` may be gone again (Type= in systemd.service(5)).
 */
export const isSettledWhenStarted = (unit: string, properties: UnitProperties): boolean =>
  unit.endsWith(".service") &&
  textOf(properties, "LoadState") === "loaded" &&
  ["forking", "notify", "notify-reload", "dbus", "exec"].includes(textOf(properties, "Type"));
