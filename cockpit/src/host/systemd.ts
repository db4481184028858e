/** A change of a unit, as systemd tells it. Only what has changed is there. */
export interface UnitChange {
  /** The instance: the name of the sandbox. */
  readonly name: string;
  /** The template: `sandbox`, or of a step before, `sandbox-root` or `sandbox-image`. */
  readonly template: string;
  readonly active?: string;
  readonly sub?: string;
  /** What the unit does now, in words. */
  readonly status?: string;
}

const manager = "org.freedesktop.systemd1.Manager";
const managerPath = "/org/freedesktop/systemd1";

/**
 * Listens to systemd. `changed` hears of units of sandboxes, `reloaded` of each daemon-reload, after which there may be
 * other sandboxes, and `lost` of the end of the connection.
 */
export function watchUnits(on: {
  readonly changed: (change: UnitChange) => void;
  readonly reloaded: () => void;
  readonly lost: (problem: string | undefined) => void;
}): { stop(): void } {
  const systemd = cockpit.dbus("org.freedesktop.systemd1", { bus: "system" });
  let stopped = false;
  systemd.addEventListener("close", (_event, { problem }) => {
    if (!stopped) on.lost(problem);
  });
  systemd.subscribe(
    {
      path_namespace: `${managerPath}/unit`,
      interface: "org.freedesktop.DBus.Properties",
      member: "PropertiesChanged",
    },
    (path, _iface, _signal, args) => {
      const change = readChange(path, args[1]);
      if (change !== undefined) on.changed(change);
    },
  );
  systemd.subscribe(
    { path: managerPath, interface: manager, member: "Reloading" },
    (_path, _iface, _signal, [active]) => {
      if (active === false) on.reloaded();
    },
  );
  systemd.call(managerPath, manager, "Subscribe", []).catch((error: unknown) => {
    // Cockpit's bridge has one connection for all pages, and another page may have asked before.
    const { name, message } = error as cockpit.Failure & { readonly name?: string };
    if (!stopped && name !== "org.freedesktop.systemd1.AlreadySubscribed") on.lost(message);
  });
  return {
    stop() {
      stopped = true;
      systemd.close();
    },
  };
}

type Properties = Readonly<Record<string, { readonly v: unknown } | undefined>>;

function readChange(path: string, changed: unknown): UnitChange | undefined {
  const unit = unitOf(path);
  const [, template, name] = /^(sandbox|sandbox-root|sandbox-image)@(.+)\.service$/.exec(unit) ?? [];
  if (template === undefined || name === undefined) return undefined;
  const { ActiveState: active, SubState: sub, StatusText: status } = changed as Properties;
  if (active === undefined && status === undefined) return undefined;
  return {
    name,
    template,
    ...(typeof active?.v === "string" ? { active: active.v } : {}),
    ...(typeof sub?.v === "string" ? { sub: sub.v } : {}),
    ...(typeof status?.v === "string" ? { status: status.v } : {}),
  };
}

/** The name of a unit, from its object path: every byte but letters and digits is `_` and two hexadecimal digits. */
const unitOf = (path: string): string =>
  path
    .slice(path.lastIndexOf("/") + 1)
    .replaceAll(/_([0-9a-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
