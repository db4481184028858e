import { dirname } from "node:path";
import { libraryDirectory } from "../../base/paths.ts";
import { type Conf, takesSnapshots } from "../../conf/conf.ts";
import { timerKeys } from "../../conf/keys/systemd-keys.ts";
import type { Output } from "../output.ts";
import { dropInPath, renderOrigin, renderSource } from "./render-instance.ts";

/** Renders what takes snapshots: the drop-in with the times for `sandbox-snapshot@NAME.timer`, and the link that starts that. */
export function renderSnapshots(conf: Conf): readonly Output[] {
  if (!takesSnapshots(conf)) return [];
  const unit = `sandbox-snapshot@${conf.name}.timer`;
  const lines = [
    renderOrigin(conf.files),
    "[Unit]",
    renderSource(conf.path),
    "",
    "[Timer]",
    ...conf.snapshots.filter(({ key }) => timerKeys.has(key)).map(({ key, value }) => `${key}=${value}`),
  ];
  return [
    { kind: "file", path: dropInPath(unit), text: `${lines.join("\n")}\n` },
    {
      kind: "link",
      path: `timers.target.wants/${unit}`,
      target: `${dirname(libraryDirectory)}/systemd/system/sandbox-snapshot@.timer`,
    },
  ];
}
