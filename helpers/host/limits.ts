import { attempt } from "./calls.ts";

/** A limit of getrlimit(2); Infinity is none. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

// asm-generic/resource.h.
const resources = { core: 4, nofile: 7 } as const;

/** Sets a limit of a process, or our own without one. Throws a SandboxError. */
export const setLimit = (resource: keyof typeof resources, { soft, hard }: Limit, pid = 0): void => {
  attempt(`prlimit: ${resource}${pid === 0 ? "" : ` of process ${pid}`}`, (calls) => {
    calls.setLimit(pid, resources[resource], soft, hard);
  });
};
