import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Conf } from "../../conf/conf.ts";

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

/** Replaces the specifiers that differ between units by what they are in sandbox@NAME.service. */
export function withOwnSpecifiers(text: string, name: SandboxName): string {
  const specifiers = ownSpecifiers(name);
  return text.replace(/%(.)/g, (all, letter: string) => specifiers.get(letter) ?? all);
}

// systemd.unit(5), Specifiers.
function ownSpecifiers(name: SandboxName): ReadonlyMap<string, string> {
  const unescaped = name.replaceAll("-", "/");
  return new Map([
    ...["p", "P", "j", "J"].map((letter) => [letter, "sandbox"] as const),
    ...([
      ["n", `sandbox@${name}.service`],
      ["N", `sandbox@${name}`],
      ["i", name],
      ["I", unescaped],
      ["f", `/${unescaped}`],
    ] as const),
  ]);
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
