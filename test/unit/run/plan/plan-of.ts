import type { StartPlan } from "../../../../helpers/run/plan/start-plan.ts";

/** The plan of a command without anything else, but with these changes. */
export const planOf = (changed: Partial<StartPlan> = {}): StartPlan => ({
  ...{ control: { kind: "none" }, claims: [], isCommand: true, units: [], unitSeconds: 0, limits: [] },
  ...{ sources: [], targets: [{ source: "/none", target: "/" }], network: null, sockets: [], awaited: [], ports: null },
  credentials: null,
  entry: { capabilities: "20844dfb", context: null },
  pipes: { active: false, online: false, files: false, link: false },
  ...changed,
});
