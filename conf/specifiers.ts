import type { SandboxName } from "../base/sandbox-name.ts";

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
