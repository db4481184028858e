import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { writeFile } from "../../host/write-file.ts";
import type { Try } from "./relax-unit.ts";

const directory = "/run/systemd/system";
// The executor's own statuses (systemd.exec(5), PROCESS EXIT CODES), except 203: it means that there is nothing to
// execute, which no setting causes.
const isSetupFailure = (status: number): boolean => status >= 200 && status <= 245 && status !== 203;

export function systemctl(...args: readonly string[]): string {
  return spawnSync("systemctl", args, { encoding: "utf8", env: { ...process.env, SYSTEMD_COLORS: "0" } }).stdout;
}

/**
 * Tries settings beside a unit. If the unit is an instance, the trials are instances of the same name, so that `%i`
 * means the same. All run at once, because each is cheap.
 */
export function tryBeside(unit: string): Try {
  const instance = /@(.*)\.service$/.exec(unit)?.[1];
  const nameOf = (index: number): string =>
    `sandboxcontainer-try-${index}${instance === undefined ? "" : `@${instance}`}.service`;
  return (units) => {
    const names = units.map((_, index) => nameOf(index));
    units.forEach((lines, index) => {
      writeFile(`${directory}/${nameOf(index)}`, renderTry(lines), { mode: 0o644 });
    });
    systemctl("daemon-reload");
    systemctl("start", "--", ...names);
    const statuses = systemctl("show", "--property=ExecMainStatus", "--", ...names).match(/\d+/g) ?? [];
    systemctl("stop", "--", ...names);
    systemctl("reset-failed", "--", ...names);
    for (const name of names) rmSync(`${directory}/${name}`);
    return units.map((_, index) => !isSetupFailure(Number(statuses[index] ?? 0)));
  };
}

const renderTry = (lines: readonly string[]): string =>
  `[Unit]
DefaultDependencies=no

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/true
${lines.join("\n")}
`;
