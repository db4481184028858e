import type { Check, Finding, Host } from "./check.ts";
import { checkCgroup, checkIdmappedMounts, checkLimits, checkUserNamespaces } from "./kernel.ts";
import { checkDhcp } from "./network.ts";
import { checkConfs, checkDisk, checkGenerator, checkIdentities, checkLeftovers } from "./product.ts";
import { checkAttr, checkLibvirt, checkMachined, checkSystemd, checkUtilLinux } from "./programs.ts";
import { checkPolicy, checkSelinux } from "./selinux.ts";

const checks: readonly Check[] = [
  ...[checkSystemd, checkUtilLinux, checkAttr, checkLibvirt, checkMachined],
  ...[checkCgroup, checkUserNamespaces, checkIdmappedMounts, checkLimits],
  ...[checkSelinux, checkPolicy],
  ...[checkGenerator, checkConfs, checkIdentities, checkLeftovers, checkDisk],
  checkDhcp,
];

/** What all checks find, in their order. */
export const examine = (host: Host): Promise<readonly Finding[]> =>
  Promise.all(checks.map(async (check) => check(host)));
