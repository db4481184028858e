import type { Facts } from "./types.ts";

/** Whether anything of it runs: also while it starts and stops. */
export const isRunning = ({ state }: Pick<Facts, "state">): boolean => !["inactive", "failed"].includes(state);
