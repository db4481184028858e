import { findLack } from "../../host/apparmor.ts";
import { type Check, failed, ok, warning } from "./check.ts";

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
