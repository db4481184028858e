import { type Conf, isJob } from "../../conf/conf.ts";
import { timerUnit } from "../sandbox/job-timer.ts";

/** What to run after a sandbox was made. A timer that is only started is gone after a boot. */
export const howToStart = (conf: Pick<Conf, "name" | "timer">): string =>
  isJob(conf)
    ? `Start its timer with: systemctl enable --now ${timerUnit(conf.name)}`
    : `Start it with: systemctl start sandbox@${conf.name}`;
