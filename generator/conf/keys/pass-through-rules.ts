import { findNearest } from "../nearest.ts";
import { refuseKnownKey, type Refusal } from "./refused-keys.ts";
import { serviceKeys, unitKeys } from "./systemd-keys.ts";

export const installKeys: readonly string[] = ["WantedBy", "RequiredBy", "UpheldBy"];

/** Says why a line may not be passed to [Unit] or [Service] of the instance unit; undefined if it may. */
export function refuseLine(section: "Unit" | "Service", key: string, value: string): Refusal | undefined {
  if (!/^[A-Z][A-Za-z0-9-]*$/.test(key)) {
    return { message: `\`${key.slice(0, 80)}\` is not a key`, hint: "See systemd.directives(7)" };
  }
  return refuseKnownKey(section, key, value) ?? refuseSlip(section, key);
}

function refuseSlip(section: "Unit" | "Service", key: string): Refusal | undefined {
  const [known, others, other] =
    section === "Unit" ? [unitKeys, serviceKeys, "Service"] : [serviceKeys, unitKeys, "Unit"];
  if (known.includes(key) || /^(X-|Condition|Assert)/.test(key)) return undefined;
  const message = `${key}= is not a key of [${section}]`;
  if (others.includes(key)) return { message, hint: `It belongs in section [${other}]` };
  const nearest = findNearest(key, known);
  return nearest === undefined ? undefined : { message, hint: `Did you mean ${nearest}=?` };
}
