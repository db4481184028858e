import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { findUnitsOf } from "../../sandbox/populate/find-units-of.ts";
import { findObstacles } from "../../sandbox/populate/unit-obstacles.ts";
import type { Systemd, UnitProperties } from "../../host/systemd.ts";
import type { CreateRequest } from "./request.ts";

/** Returns the units for the sandbox: the named ones, or the one that runs the executable. Throws SandboxError. */
export async function findUnits(systemd: Systemd, request: CreateRequest): Promise<readonly string[]> {
  if (request.executable === undefined) {
    const names = request.units.map((unit) => (unit.includes(".") ? unit : `${unit}.service`));
    for (const unit of names) await requireUnit(systemd, unit);
    return names;
  }
  if (!request.executable.includes("/")) {
    throw new SandboxError(`${request.executable} is not the path of an executable`, {
      hint: `To run a unit: sandboxcontainer create ${request.name} --unit ${request.executable}. To run a command: sandboxcontainer create ${request.name} -- ${request.executable}`,
      status: 2,
    });
  }
  const units = await findUnitsOf(request.executable);
  if (units.length === 1) return units;
  if (units.length === 0) {
    throw new SandboxError(`no unit of its package runs ${request.executable}`, {
      hint: `Name a unit with --unit, or run the command itself: sandboxcontainer create ${request.name} -- ${request.executable}`,
    });
  }
  throw new SandboxError(`several units run ${request.executable}: ${units.join(", ")}`, {
    hint: "Say which with --unit",
    status: 2,
  });
}

async function requireUnit(systemd: Systemd, unit: string): Promise<void> {
  const refusal = refuseUnit(unit, await systemd.readUnit(unit));
  if (refusal !== undefined) throw refusal;
}

/** Says why no sandbox can run a unit of the host; undefined if one can. */
export function refuseUnit(unit: string, properties: UnitProperties): SandboxError | undefined {
  const { LoadState: state, LoadError: error } = properties;
  if (state === "loaded") return findObstacles(unit, properties)[0];
  if (state === "masked")
    return new SandboxError(`unit ${unit} is masked on this host`, { hint: `Unmask it: systemctl unmask ${unit}` });
  return new SandboxError(
    state === "bad-setting" || state === "error"
      ? `systemd cannot load unit ${unit} of this host`
      : `there is no unit ${unit} on this host`,
    {
      hint:
        state === "bad-setting" || state === "error"
          ? `systemd says: ${(error as string[]).join(" ")}`
          : `See \`systemctl list-unit-files '*${unit.split(".")[0] ?? ""}*'\`, and install its package first`,
    },
  );
}
