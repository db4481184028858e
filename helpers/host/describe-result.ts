import type { UnitProperties } from "./systemd.ts";

/** Says in words why a unit failed that has said nothing itself (Result= in systemd.exec(5)). */
export function describeResult(properties: UnitProperties): string {
  const result = String(properties["Result"] ?? properties["LoadState"]);
  switch (result) {
    case "oom-kill":
      return "the kernel killed it, because the memory of the host, or of this unit (MemoryMax=), is used up";
    case "signal":
    case "core-dump":
      // SIGABRT and SIGKILL (signal(7)). Bun aborts without a word if it can make no thread.
      switch (Number(properties["ExecMainStatus"])) {
        case 6:
          return "its runtime gave up, for want of threads or of memory. Allow more processes (TasksMax= of the unit, ulimit -u), or more memory (MemoryMax=)";
        case 9:
          return "it was killed. If nobody did that, the memory of the host, or of this unit (MemoryMax=), is used up: journalctl -k";
      }
      break;
    case "timeout":
      return "it did not end in the time that it has (TimeoutStartSec=, TimeoutStopSec=)";
    case "resources":
      return "systemd could not start it, for want of memory, of processes (TasksMax=), or of space in /run";
  }
  return `systemd says ${result}`;
}
