import { profileOf } from "../../host/apparmor.ts";
import type { Denial } from "./parse-audit.ts";

/** Denials of the same access to the same program. */
export interface DenialGroup {
  /** The latest denial. */
  readonly denial: Denial;
  readonly count: number;
  /** Seconds since the epoch. */
  readonly first: number;
  readonly last: number;
}

/**
 * Keeps the denials of a sandbox: those in which the source or the target has its level, and those to a process in its
 * AppArmor profile.
 */
export function ofSandbox(denials: readonly Denial[], name: string, level: string | undefined): readonly Denial[] {
  const profile = profileOf(name);
  const isOwn = (label: string): boolean => label.split("//&")[0]?.replace(/@\w+$/, "") === profile;
  return denials.filter(({ control, source, target }) =>
    control === "apparmor"
      ? isOwn(source.type)
      : level !== undefined && (holds(source.level, level) || holds(target.level, level)),
  );
}

// A range matches if one of its ends does: `s0:c1,c2-s0:c1,c2`.
const holds = (range: string, level: string): boolean => range.split("-").includes(level);

/** Groups denials that differ in nothing but the time, the latest group first. */
export function groupDenials(denials: readonly Denial[]): readonly DenialGroup[] {
  const groups = new Map<string, DenialGroup>();
  for (const denial of denials) {
    const { permissions, source, target, targetClass, comm, path, detail, permissive } = denial;
    const key = JSON.stringify([permissions, source, target, targetClass, comm, path, detail, permissive]);
    const known = groups.get(key);
    const { time } = denial;
    groups.set(key, {
      denial: known !== undefined && known.last > time ? known.denial : denial,
      count: (known?.count ?? 0) + 1,
      first: Math.min(known?.first ?? time, time),
      last: Math.max(known?.last ?? time, time),
    });
  }
  return [...groups.entries()]
    .sort(([key, group], [otherKey, other]) => other.last - group.last || (key < otherKey ? -1 : 1))
    .map(([, group]) => group);
}
