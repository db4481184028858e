import { type Check, failed, ok, warning } from "./check.ts";

/** Checks that the last snapshots of [Snapshots] are whole, and that there will be more. A timer that is masked is meant so. */
export const checkSnapshots: Check = async ({ run, sandboxes: { withSnapshots: names } }) => {
  if (names.length === 0) return ok("snapshots", "no conf has times for them");
  const units = names.flatMap((name) => [`sandbox-snapshot@${name}.service`, `sandbox-snapshot@${name}.timer`]);
  const output = await run("systemctl", "show", "--property=Id,LoadState,ActiveState", ...units);
  const states = parseStates(output ?? "");
  const isLost = (name: string): boolean => states.get(`sandbox-snapshot@${name}.service`)?.active === "failed";
  const isStopped = (name: string): boolean => {
    const { load, active } = states.get(`sandbox-snapshot@${name}.timer`) ?? { load: "loaded", active: "inactive" };
    return load !== "masked" && active !== "active";
  };
  const [lost] = names.filter(isLost);
  if (lost !== undefined)
    return failed(
      "snapshots",
      `the last one failed: ${names.filter(isLost).join(", ")}`,
      `journalctl -u sandbox-snapshot@${lost}; and again: systemctl start sandbox-snapshot@${lost}`,
    );
  const stopped = names.filter(isStopped);
  if (stopped.length === 0) return ok("snapshots", `their timers run: ${names.length}`);
  const timers = stopped.map((name) => `sandbox-snapshot@${name}.timer`).join(" ");
  return warning("snapshots", `nothing makes more: ${stopped.join(", ")}`, `systemctl start ${timers}`);
};

interface State {
  readonly load: string;
  readonly active: string;
}

// A paragraph for each unit.
const parseStates = (output: string): ReadonlyMap<string, State> =>
  new Map(
    output.split("\n\n").flatMap((paragraph) => {
      const valueOf = (key: string): string => new RegExp(`^${key}=(.*)$`, "m").exec(paragraph)?.[1] ?? "";
      return valueOf("Id") === ""
        ? []
        : [[valueOf("Id"), { load: valueOf("LoadState"), active: valueOf("ActiveState") }] as const];
    }),
  );
