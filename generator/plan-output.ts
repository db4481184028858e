import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ConfError, describeError } from "../base/errors.ts";
import { runtimeDirectory } from "../base/paths.ts";
import { hashConf, stampOf } from "../conf/conf-hash.ts";
import type { Conf } from "../conf/conf.ts";
import { findConflicts } from "../conf/find-conflicts.ts";
import type { loadAllConfs, LoadedConf } from "../conf/load-conf.ts";
import { kernelPorts } from "../conf/values/publish.ts";
import type { Output } from "./output.ts";
import { renderImage } from "./render/render-image.ts";
import {
  renderCredentials,
  renderFailure,
  renderInstall,
  renderInstance,
  renderSteps,
} from "./render/render-instance.ts";
import { renderPublished } from "./render/render-published.ts";
import { renderSnapshots } from "./render/render-snapshots.ts";
import { renderTimer } from "./render/render-timer.ts";

/** Everything to write, sorted by path, and one line for each problem. */
export interface Plan {
  readonly outputs: readonly Output[];
  readonly problems: readonly string[];
}

/** Plans the output for all confs. `root` is the folder that stands for `/`; no text shows it. */
export function planOutput({ sandboxes, strays }: ReturnType<typeof loadAllConfs>, root: string): Plan {
  const show = (text: string): string => (root === "/" ? text : text.replaceAll(root, ""));
  const conflicts = findConflicts(sandboxes);
  const problems = new Set(strays.map((stray) => show(describeError(stray))));
  const outputs: Output[] = [];
  for (const sandbox of sandboxes) {
    const errors = [...sandbox.errors, ...(conflicts.get(sandbox.name) ?? [])];
    // An error in the defaults is an error of every sandbox, but it is reported once.
    for (const error of errors) problems.add(show(describeError(error)));
    outputs.push(...renderSandbox(sandbox, errors, show));
  }
  return { outputs: outputs.sort((one, other) => (one.path < other.path ? -1 : 1)), problems: [...problems] };
}

function renderSandbox(
  sandbox: LoadedConf,
  errors: readonly ConfError[],
  show: (text: string) => string,
): readonly Output[] {
  const { name } = sandbox;
  const conf = { ...sandbox.conf, path: show(sandbox.path), files: sandbox.conf.files.map(show) };
  // Its proxies go on until it is restarted.
  const before = runsWithoutLink(conf) ? { ...conf, PublishBy: "proxy" as const } : conf;
  // With an error the timer of a job goes on: at its times the start says what is wrong. Snapshots are made all the same.
  const starters = [...renderTimer(conf), ...renderSnapshots(conf), ...renderInstall(name, conf)];
  if (errors.length > 0) return [renderFailure(conf, errors, show), ...starters];
  return [
    // systemd puts its machine-id there, as the helpers do (systemd.unit(5), SPECIFIERS).
    renderInstance(conf.OnDemand ? before : conf, stampOf(hashConf(conf), "%m")),
    ...renderSteps(conf),
    ...renderCredentials(conf),
    ...renderImage(conf),
    ...renderPublished(before),
    ...starters,
  ];
}

/** Whether it was started with proxies, as version 0.1.0 did, which knew no links. That version wrote `started`. */
function runsWithoutLink(conf: Conf): boolean {
  const has = (file: string): boolean => existsSync(join(runtimeDirectory(conf.name), file));
  return kernelPorts(conf).length > 0 && has(".") && !has("link") && ["run.json", "started"].some(has);
}
