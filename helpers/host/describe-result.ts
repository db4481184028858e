import type { UnitProperties } from "./systemd.ts";

/** Says in words why a unit failed that has said nothing itself (Result= in systemd.exec(5)). */
export function describeResult(properties: UnitProperties): string {
  const result = String(properties["Result"] ?? properties["LoadState"]);
  switch (result) {
    case "oom-kill":
      return "the kernel killed it, because the memory of the host, or of this unit (MemoryMax=), is used up";
    case "signal":
      // CLD_KILLED, and SIGKILL (sigaction(2)).
      if (Number(properties["ExecMainStatus"]) !== 9) break;
      return "it was killed. If nobody did that, the memory of the host, or of this unit (MemoryMax=), is used up: journalctl -k";
    case "timeout":
      return "it did not end in the time that it has (TimeoutStartSec=, TimeoutStopSec=)";
    case "resources":
      return "systemd could not start it, for want of memory, of processes (TasksMax=), or of space in /run";
  }
  return `systemd says ${result}`;
}
