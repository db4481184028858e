import { SandboxError } from "./sandbox-error.ts";

declare const brand: unique symbol;
/** The name of a sandbox: a valid unit instance, libvirt domain name, file name and host name label. */
export type SandboxName = string & { readonly [brand]: "SandboxName" };

// What `defaults.conf.d` would otherwise be the drop-ins of.
const reserved = new Set(["defaults"]);
const rule = "letters, digits, `-`, `_` and `.`, beginning with a letter or digit, at most 64 characters";

/** Whether a string may name a sandbox; see `parseSandboxName` for the rule. */
export function isSandboxName(text: string): text is SandboxName {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text) && !reserved.has(text);
}

/** Checks a name that a person gave; throws a SandboxError (status 2) that states the rule. */
export function parseSandboxName(text: string): SandboxName {
  if (isSandboxName(text)) return text;
  const problem = reserved.has(text) ? "is reserved for host-wide defaults" : "is not a valid sandbox name";
  throw new SandboxError(`\`${text}\` ${problem}`, { hint: `A name is made of ${rule}`, status: 2 });
}
