import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { SandboxReading, Scrape } from "../../../../helpers/command/metrics/metrics.ts";

/** A sandbox that does not run, of which all is known. */
export const stopped: SandboxReading = {
  ...{ name: parseSandboxName("db"), state: "failed", restarts: 3, confError: true, running: null },
  ...{ disk: { used: null, size: null }, deniedToday: null, snapshots: 0, newestSnapshot: null, snapshotFailed: null },
  ...{ outdatedPackages: null, outdatedFiles: null, conflicts: 0 },
};

/** One that runs, and has everything that a sandbox may have. */
export const running: SandboxReading = {
  ...{ name: parseSandboxName("web1"), state: "active", restarts: 0, confError: false },
  running: {
    began: 1764754956.25,
    usage: {
      ...{ cpuSeconds: 1.5, memoryBytes: 1048576, memoryMax: 536870912, tasks: 7, tasksMax: 4096 },
      ...{ readBytes: 4096, writtenBytes: 0 },
    },
    traffic: [
      { device: "sb-web1", received: 100, sent: 200 },
      { device: "sp-web1", received: 1, sent: 2 },
    ],
    ...{ confChanged: true, unconfined: false, portsLost: false },
  },
  ...{
    disk: { used: 1000, size: 4000 },
    deniedToday: 2,
    snapshots: 2,
    newestSnapshot: 1764700000.5,
    snapshotFailed: true,
  },
  ...{ outdatedPackages: 4, outdatedFiles: 1, conflicts: 0 },
};

export const scrapeOf = (...sandboxes: readonly SandboxReading[]): Scrape => ({
  ...{ version: "1.2.3", seconds: 0.125, sandboxes },
});
