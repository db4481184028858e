import assert from "node:assert/strict";
import type { Bed, Ran } from "./bed.ts";

interface Snapshots {
  /** The names of the units. */
  readonly service: (name: string) => string;
  readonly timer: (name: string) => string;
  /** The folder of a sandbox. */
  readonly state: (name: string) => string;
  readonly shell: (script: string) => Promise<string>;
  readonly list: (name: string) => Promise<readonly Listed[]>;
  readonly names: (name: string) => Promise<readonly string[]>;
  /** Makes one now, as the timer does. A failure is a result too. */
  readonly take: (name: string) => Promise<Ran>;
  readonly isActive: (unit: string) => Promise<string>;
  /** What the journal has of the service since this test file began. The options are journalctl's. */
  readonly said: (name: string, ...options: readonly string[]) => Promise<string>;
  readonly notes: (name: string) => Promise<string>;
  readonly look: (name: string) => Promise<SnapshotTimer | null>;
  /** Requires that nothing half-made of a snapshot is left, and that the sandbox is not frozen. */
  readonly assertClean: (name: string) => Promise<void>;
  /** Lets systemd start the service more than five times in ten seconds. */
  readonly allowMany: () => Promise<string>;
}

interface Listed {
  readonly snapshot: string;
  readonly made: number;
  readonly automatic: boolean;
}

interface SnapshotTimer {
  readonly state: string;
  readonly substate: string;
  readonly next: number | null;
  readonly last: number | null;
  readonly failed: boolean;
}

const often = "/run/systemd/system/sandbox-snapshot@.service.d";

/** What tests of snapshots on a calendar ask the bed. */
export function useSnapshots(bed: Bed): Snapshots {
  const state = (name: string): string => `/var/lib/sandboxcontainer/${name}`;
  const service = (name: string): string => `sandbox-snapshot@${name}.service`;
  const since = `--since=@${Math.floor(Date.now() / 1000)}`;
  const shell = (script: string): Promise<string> => bed.run("sh", "-c", script);
  const list = async (name: string): Promise<readonly Listed[]> =>
    JSON.parse(await bed.run("sandboxcontainer", "snapshots", name, "--json")) as readonly Listed[];
  return {
    ...{ state, service, shell, list },
    timer: (name) => `sandbox-snapshot@${name}.timer`,
    names: async (name) => (await list(name)).map(({ snapshot }) => snapshot),
    take: (name) => bed.try("systemctl", "start", service(name)),
    isActive: async (unit) => (await bed.try("systemctl", "is-active", unit)).stdout.trim(),
    said: (name, ...options) => bed.journal("--unit", service(name), since, ...options),
    async notes(name) {
      const lines = (await bed.run("sandboxcontainer", "list", "--format", "{{NAME}} {{NOTES}}")).split("\n");
      return lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? "";
    },
    async look(name) {
      const shown: unknown = JSON.parse(await bed.run("sandboxcontainer", "show", name, "--json"));
      return (shown as { readonly snapshotTimer: SnapshotTimer | null }).snapshotTimer;
    },
    async assertClean(name) {
      const left = `ls -A ${state(name)}/snapshots 2>/dev/null | grep -F .new-
        ls -A /var/lib/sandboxcontainer /run/sandboxcontainer | grep -E '(unfinished|frozen)-${name}'; true`;
      assert.equal(await shell(left), "");
    },
    allowMany: () =>
      shell(
        `mkdir -p ${often}; printf '[Unit]\\nStartLimitIntervalSec=0\\n' > ${often}/often.conf; systemctl daemon-reload`,
      ),
  };
}
