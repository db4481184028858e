import type { TreeProcess } from "../host/types.ts";

interface Placed {
  readonly process: TreeProcess;
  readonly depth: number;
}

/** Says how deep each process is. A parent comes before its children. */
export function withDepth(processes: readonly TreeProcess[]): readonly Placed[] {
  const depths = new Map<number, number>();
  return processes.map((process) => {
    const depth = (depths.get(process.parent) ?? -1) + 1;
    depths.set(process.pid, depth);
    return { process, depth };
  });
}
