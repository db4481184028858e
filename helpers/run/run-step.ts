import type { Conf } from "../../generator/conf/conf.ts";
import { loadConf } from "../../generator/conf/load-conf.ts";
import { parseSandboxName } from "../../generator/conf/sandbox-name.ts";
import { runHelper } from "../host/run-helper.ts";
import { hasStamp, ownStamp } from "../sandbox/populate/stamp.ts";
import { isPrepared } from "./plan/kept-plan.ts";

/**
 * Runs a step of sandbox-root@NAME.service, unless the stamp of the conf says that there is nothing to do, and nothing is
 * missing of what it vouches for.
 */
export const runStep = (step: (conf: Conf) => Promise<void>): Promise<never> =>
  runHelper(async ([name = ""]) => {
    const conf = loadConf(parseSandboxName(name));
    if (!hasStamp(conf.name, ownStamp(conf)) || !isPrepared(conf.name)) await step(conf);
  });
