import { SandboxError } from "./errors.ts";

declare const brand: unique symbol;
/** The name of a sandbox. It is valid as a unit instance, libvirt domain, file name and host name label. */
export type SandboxName = string & { readonly [brand]: "SandboxName" };

// `defaults.conf.d` would otherwise be the drop-in folder of a sandbox with this name.
const reserved = new Set(["defaults"]);
const rule = "letters, digits, `-`, `_` and `.`, begins with a letter or digit, and has at most 64 characters";

/** Whether a string may name a sandbox; see `parseSandboxName` for the rule. */
export function isSandboxName(text: string): text is SandboxName {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text) && !reserved.has(text);
}

/** Checks a name that a person gave. Throws a SandboxError (status 2) that states the rule. */
export function parseSandboxName(text: string): SandboxName {
  if (isSandboxName(text)) return text;
  const problem = reserved.has(text) ? "is reserved for host-wide defaults" : "is not a valid sandbox name";
  throw new SandboxError(`\`${text}\` ${problem}`, { hint: `A name consists of ${rule}`, status: 2 });
}
