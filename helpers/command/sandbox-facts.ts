import { readdirSync } from "node:fs";
import type { Conf } from "../../generator/conf.ts";
import { listSandboxes, loadConf } from "../../generator/load-conf.ts";
import { stateRoot } from "../../generator/paths.ts";
import { describeError } from "../../generator/sandbox-error.ts";
import { isSandboxName, type SandboxName } from "../../generator/sandbox-name.ts";
import type { Systemd } from "../systemd.ts";

/** What `list` and `show` tell about a sandbox; the keys of their JSON. */
export interface SandboxFacts {
  readonly name: SandboxName;
  /** systemd's ActiveState of the instance unit. */
  readonly state: string;
  readonly substate: string;
  /** What runs in it: units, or the command line; empty when the conf cannot be read. */
  readonly runs: string;
  readonly enabled: string;
  /** As in Publish=. */
  readonly ports: readonly string[];
  /** When the unit entered its state: seconds since the epoch; null when it never ran. */
  readonly since: number | null;
  readonly error: string | null;
}

/** All names that have a conf or a root, sorted. */
export function listNames(): readonly SandboxName[] {
  const confs = listSandboxes().map(({ name }) => name);
  return [...new Set([...confs, ...listRoots()])].sort();
}

function listRoots(): readonly SandboxName[] {
  try {
    return readdirSync(stateRoot).filter(isSandboxName);
  } catch {
    return [];
  }
}

export async function readFacts(systemd: Systemd, name: SandboxName): Promise<SandboxFacts> {
  const unit = `sandbox@${name}.service`;
  const properties = await systemd.readUnit(unit);
  const since = Number(properties["StateChangeTimestamp"] ?? 0) / 1e6;
  const [conf, error] = tryConf(name);
  return {
    name,
    state: String(properties["ActiveState"]),
    substate: String(properties["SubState"]),
    runs: conf === null ? "" : describeContent(conf),
    enabled: await systemd.readEnablement(unit),
    ports:
      conf?.Publish.map(
        ({ address, hostPort, port }) => `${address === undefined ? "" : `${address}:`}${hostPort}:${port}`,
      ) ?? [],
    since: since > 0 ? since : null,
    error,
  };
}

export const describeContent = (conf: Conf): string => (conf.Exec === undefined ? conf.Unit.join(" ") : conf.Exec.text);

function tryConf(name: SandboxName): [Conf, null] | [null, string] {
  try {
    return [loadConf(name), null];
  } catch (error) {
    return [null, describeError(error)];
  }
}
