import { SandboxError } from "../../generator/conf/sandbox-error.ts";

/** What changes the host or looks into a sandbox is root's alone: the state below /var/lib is 0700. */
export function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new SandboxError("this needs root rights", { hint: "Run it with sudo" });
}
