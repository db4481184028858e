import { type Conf, isJob } from "../../conf/conf.ts";
import type { Output } from "../output.ts";
import { describeContent, dropInPath, renderOrigin, renderSource } from "./render-instance.ts";

/** Renders the drop-in that tells `sandbox@NAME.timer` the times of a job. */
export function renderTimer(conf: Conf): readonly Output[] {
  if (!isJob(conf)) return [];
  const lines = [
    renderOrigin(conf.files),
    "[Unit]",
    renderSource(conf.path),
    `Description=Times of sandbox ${conf.name} (${describeContent(conf)})`,
    "",
    "[Timer]",
    ...conf.timer.map(({ key, value }) => `${key}=${value}`),
  ];
  return [{ kind: "file", path: dropInPath(`sandbox@${conf.name}.timer`), text: `${lines.join("\n")}\n` }];
}
