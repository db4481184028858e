import { join } from "node:path";
import { helperDirectory } from "../../generator/paths.ts";
import { parseSandboxName, type SandboxName } from "../../generator/sandbox-name.ts";
import { requireController } from "../controller.ts";
import { requireKnownSandbox } from "./known-sandbox.ts";
import { requireRoot } from "./require-root.ts";

/** What stands before a command that is to run in a running sandbox; throws a SandboxError when there is none. */
export function enterSandbox(text: string, term = "dumb"): { name: SandboxName; words: readonly string[] } {
  requireRoot();
  const name = parseSandboxName(text);
  requireKnownSandbox(name);
  return { name, words: [join(helperDirectory, "enter"), String(requireController(name).initPid), term] };
}
