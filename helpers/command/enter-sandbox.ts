import { SandboxError } from "../../base/errors.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { requireInit } from "../host/libvirt/find-controller.ts";
import { type Entering, enterWords } from "../run/enter/enter-words.ts";
import { requireSandbox } from "./require-sandbox.ts";

/** The user, environment and folder of a command inside. */
export interface Identity {
  /** USER or USER:GROUP, names or numbers of the sandbox; undefined means root. */
  readonly user?: string;
  readonly workdir?: string;
  /** NAME=VALUE, or the NAME of a variable to pass on. */
  readonly env?: readonly string[];
}

/** Returns the words that precede a command in a running sandbox. Throws a SandboxError if the sandbox does not run. */
export function enterSandbox(
  text: string,
  identity: Identity = {},
  term = "dumb",
): { readonly name: SandboxName; readonly words: readonly string[] } {
  const name = requireSandbox(text);
  const entering = { ...readIdentity(identity, process.env), term };
  return { name, words: enterWords(name, requireInit(name), entering) };
}

/** Checks an identity as far as possible on the host. Throws a SandboxError. */
export function readIdentity(identity: Identity, environment: NodeJS.ProcessEnv): Entering {
  const { user = "-", workdir = "-", env = [] } = identity;
  if (identity.user !== undefined && !/^[^:\s-][^:\s]*(:[^:\s-][^:\s]*)?$/.test(user))
    throw new SandboxError(`\`${user}\` is not a valid user`, { hint: "Write USER or USER:GROUP", status: 2 });
  if (workdir === "")
    throw new SandboxError("--workdir is empty", { hint: "Give a folder of the sandbox, such as /var/www", status: 2 });
  // `-` has its own meaning for inside/run. A folder of that name is written `./-`.
  const folder = identity.workdir === "-" ? "./-" : workdir;
  return { user, folder, variables: env.flatMap((text) => variableWord(text, environment)) };
}

function variableWord(text: string, environment: NodeJS.ProcessEnv): readonly string[] {
  const [name = ""] = text.split("=");
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new SandboxError(`\`${text}\` is not a variable`, { hint: "Write --env NAME=VALUE", status: 2 });
  if (text.includes("=")) return [text];
  const value = environment[name];
  return value === undefined ? [] : [`${name}=${value}`];
}
