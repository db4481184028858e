import { SandboxError } from "../../generator/conf/sandbox-error.ts";

/** Only root can change the host or look into a sandbox: the state below /var/lib has mode 0700. */
export function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new SandboxError("this needs root privileges", { hint: "Run it with sudo" });
}
