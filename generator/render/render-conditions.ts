import type { Conf } from "../../conf/conf.ts";
import { withOwnSpecifiers } from "../../conf/specifiers.ts";

type Line = Conf["passThrough"]["Unit"][number];

/** Conditions and mounts in [Unit] of a conf: they say whether the host has now what the sandbox needs. */
const isNeed = ({ key }: Line): boolean => /^(Condition|Assert|RequiresMountsFor$|WantsMountsFor$)/.test(key);

/**
 * Renders the conditions and mounts of the conf for a unit that works before the sandbox starts. So a disk that is not
 * mounted gets no empty root. They mean the same as in the sandbox's own unit.
 */
export function renderNeeds(conf: Conf): readonly string[] {
  const needs = conf.passThrough.Unit.filter((line) => isNeed(line)).map((line) => ({
    ...line,
    value: withOwnSpecifiers(line.value, conf.name),
  }));
  return needs.every(({ value }) => value === "") ? [] : renderLines(needs);
}

/**
 * Renders lines of [Unit]. systemd asks that one of the triggering conditions (`|`) holds, or one of the assertions.
 * Those of our templates, that there is a conf, always hold here, so they are reset if the conf has some.
 */
export function renderLines(lines: readonly Line[]): readonly string[] {
  const resets = ["Condition", "Assert"]
    .filter((kind) => lines.some(({ key, value }) => key.startsWith(kind) && value.startsWith("|")))
    .map((kind) => `${kind}PathExists=`);
  return [...resets, ...lines.map(({ key, value }) => `${key}=${value}`)];
}
