import { findLack } from "../../host/walls/apparmor.ts";
import { type Check, failed, type Host, ok, warning } from "./check.ts";

/** An administrator's way out if nothing can confine sandboxes. */
export const sayNone =
  "accept sandboxes without this wall: set Label=none in section [Security] of /etc/sandboxcontainer/defaults.conf.d/label.conf";

export const checkSelinux: Check = ({ read, sandboxes }) => {
  const mode = read("/sys/fs/selinux/enforce");
  if (mode === "1") return ok("SELinux", "enforcing");
  const hasOther = findLack(read)?.isDisabled !== true;
  if (mode === undefined && hasOther) return ok("SELinux", "not enabled in the running kernel, which has AppArmor");
  const [message, fix] =
    mode === undefined
      ? [
          "neither it nor AppArmor is enabled in the running kernel",
          `Boot with security=apparmor or security=selinux, or ${sayNone}`,
        ]
      : ["permissive", `setenforce 1; or ${sayNone}`];
  if (sandboxes.allUnlabelled) return warning("SELinux", `${message}, which all confs accept (Label=none)`, fix);
  return failed("SELinux", message, fix);
};

const modules = ["sandboxcontainer", "sandboxcontainer_host", "sandboxcontainer_virt"];
const installed = (module: string): string => `/usr/share/selinux/packages/${module}.pp`;
const load = "/usr/libexec/sandboxcontainer/load-policy";
// semodule(8) computes its checksum over the output of this compiler.
const compiler = "/usr/libexec/selinux/hll/pp";

/** Checks that our policy is loaded and is the installed version. */
export const checkPolicy: Check = async (host) => {
  if (!host.exists("/sys/fs/selinux/enforce")) return ok("policy", "not needed without SELinux");
  const listed = await host.run("semodule", "--list-modules=full", "--checksum");
  if (listed === undefined) return warning("policy", "semodule cannot list the loaded modules", "semodule -l");
  const lines = listed.matchAll(/^\d+ +(sandboxcontainer\S*) +\w+(?: +disabled)? +sha256:(\w+)/gm);
  const loaded = new Map([...lines].map(([, name = "", sum = ""]) => [name, sum]));
  const missing = modules.filter((module) => !loaded.has(module));
  if (missing.length > 0) return failed("policy", `not loaded: ${missing.join(", ")}`, load);
  if (!modules.every((module) => host.exists(installed(module))) || !host.exists(compiler))
    return warning("policy", "loaded, but nothing is installed to compare it with", "make install");
  const sums = await Promise.all(modules.map((module) => sumOf(host, module)));
  const other = modules.filter((module, index) => loaded.get(module) !== sums[index]);
  if (other.length === 0) return ok("policy", "loaded, and the same as installed");
  return warning("policy", `loaded modules differ from the installed ones: ${other.join(", ")}`, load);
};

async function sumOf({ run }: Host, module: string): Promise<string | undefined> {
  const printed = await run("sh", "-c", `${compiler} <"$1" | sha256sum`, "sh", installed(module));
  return printed?.split(" ")[0];
}

const leastParser = 4;

/** Checks that AppArmor can confine sandboxes, and that each that runs still is in its profile. */
export const checkAppArmor: Check = async ({ read, exists, run, sandboxes }) => {
  if (exists("/sys/fs/selinux/enforce")) return ok("AppArmor", "not needed with SELinux");
  const lack = findLack(read);
  if (lack?.isDisabled === true) return ok("AppArmor", "not enabled in the running kernel");
  const judge = sandboxes.allUnlabelled ? warning : failed;
  if (lack !== null) return judge("AppArmor", lack.message, lack.hint);
  const version = /version (\d+)(\S*)/.exec((await run("apparmor_parser", "--version")) ?? "");
  if (version === null) return judge("AppArmor", "apparmor_parser is not installed", "apt-get install apparmor");
  const [, major = "", rest = ""] = version;
  if (Number(major) < leastParser)
    return judge("AppArmor", `${major}${rest} is too old`, `Install AppArmor ${leastParser} or later`);
  const [...lost] = sandboxes.unconfined;
  if (lost.length === 0) return ok("AppArmor", `enabled, ${major}${rest}`);
  return failed(
    "AppArmor",
    `these sandboxes run without their profile, which somebody has unloaded: ${lost.join(", ")}`,
    `systemctl restart ${lost.map((name) => `sandbox@${name}`).join(" ")}`,
  );
};
