import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";

// Only the answers of systemctl are not real.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
const script = join(top, "ended");
const ended = join(top, "told");
const text = readFileSync(resolve(import.meta.dirname, "../../../helpers/inside/ended"), "utf8");
writeFileSync(script, text.replaceAll("/run/host/outcome", join(top, "outcome")).replaceAll("/run/host/ended", ended), {
  mode: 0o755,
});
mkdirSync(join(top, "bin"));
writeFileSync(join(top, "bin/journalctl"), "#!/bin/sh\n", { mode: 0o755 });
const systemctl = `#!/bin/sh\ncase $1 in is-system-running) echo running ;; show) cat ${top}/state ;; esac\n`;
writeFileSync(join(top, "bin/systemctl"), systemctl, { mode: 0o755 });

after(() => {
  rmSync(top, { recursive: true });
});

/** What the host is told about a unit in this state; undefined if nothing. */
function tell(argument: string, ...state: readonly string[]): string | undefined {
  rmSync(ended, { force: true });
  writeFileSync(join(top, "state"), `${state.join("\n")}\n`);
  const path = `${join(top, "bin")}:${process.env["PATH"] ?? ""}`;
  const { stderr } = spawnSync(script, [argument], { env: { PATH: path }, encoding: "utf8", timeout: 20_000 });
  assert.equal(stderr, "");
  return existsSync(ended) ? /ended (.*)\n/.exec(readFileSync(ended, "utf8"))?.[1] : undefined;
}

const forgotten = ["ActiveState=inactive", "Job=", "ConditionResult=no", "Type=forking", "Result=success"];

test("a unit that ended by itself ends the sandbox, and one that a person stopped does not", () => {
  const known = ["ActiveState=inactive", "ConditionResult=yes", "Type=forking", "Result=success", "InvocationID=a1"];
  const times = (main: number, unit: number): readonly string[] => [
    `ExecMainExitTimestampMonotonic=${main}`,
    `ActiveExitTimestampMonotonic=${unit}`,
  ];
  assert.equal(tell(":db.service", ...known, ...times(5, 6)), "exited 0");
  assert.equal(tell(":db.service", ...known, ...times(6, 5)), undefined);
});

test("a success of a unit that systemd has forgotten is no end of the sandbox, and a failure is", () => {
  assert.equal(tell(":db.service", ...forgotten, "InvocationID="), undefined);
  assert.equal(tell("db.service", ...forgotten, "InvocationID="), "exited 1");
  assert.equal(tell(":db.service", ...forgotten, "InvocationID=a1"), "exited 1");
});
