import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Conf } from "../generator/conf.ts";
import { rootDirectory } from "../generator/paths.ts";
import { SandboxError } from "../generator/sandbox-error.ts";

/** The mode of the running kernel. */
function readMode(): "enforcing" | "permissive" | "disabled" {
  try {
    return readFileSync("/sys/fs/selinux/enforce", "utf8").trim() === "1" ? "enforcing" : "permissive";
  } catch {
    return "disabled";
  }
}

/** Throws a SandboxError unless SELinux is enforcing: the label is a wall, and a sandbox is refused rather than weakened. */
export function requireEnforcing(): void {
  const mode = readMode();
  if (mode === "enforcing") return;
  throw new SandboxError(
    mode === "disabled"
      ? "SELinux is not enabled in the running kernel"
      : "SELinux is permissive: its rules are not enforced",
    {
      hint:
        mode === "disabled"
          ? "Boot with security=selinux, or accept a sandbox without this wall: Label=none in the conf's [Security] section"
          : "Run `setenforce 1`, or accept a sandbox without this wall: Label=none in the conf's [Security] section",
    },
  );
}

/** Contexts that the policy gives to libvirt's containers: `process` and `content` types (lxc_contexts(5)). */
export function readContainerContexts(): { readonly process: string; readonly content: string } {
  const name = /^SELINUXTYPE=(\S+)/m.exec(readFileSync(join(rootDirectory, "etc/selinux/config"), "utf8"))?.[1];
  const path = join(rootDirectory, "etc/selinux", name ?? "", "contexts/lxc_contexts");
  if (!existsSync(path)) throw new SandboxError(`${path} is missing`, { hint: "Install the SELinux policy package" });
  const text = readFileSync(path, "utf8");
  const process = /^\s*process\s*=\s*"?([^"\s]+)/m.exec(text)?.[1];
  const content = /^\s*(?:content|file)\s*=\s*"?([^"\s]+)/m.exec(text)?.[1];
  if (process === undefined || content === undefined) throw new SandboxError(`${path} names no container contexts`);
  return { process, content };
}

/** The context of a sandbox's processes; null for Label=none. Throws where a label is wanted and cannot be had. */
export function processContext(label: Conf["Label"], level: string | undefined): string | null {
  if (label.kind === "none") return null;
  requireEnforcing();
  if (label.kind === "static") return label.label;
  if (level === undefined)
    throw new SandboxError("the sandbox has no level yet", { hint: "Run its sandbox-root@ unit again" });
  return withLevel(label.context ?? readContainerContexts().process, level);
}

/** `user:role:type` of a context with another level. */
export const withLevel = (context: string, level: string): string =>
  [...context.split(":").slice(0, 3), level].join(":");
