import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { CreateResult } from "../../../../helpers/host/libvirt/libvirt.ts";
import type { ScriptsHost } from "../../../../helpers/run/configure/run-scripts.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { runScripts } = await import("../../../../helpers/run/configure/run-scripts.ts");
const { readPipe } = await import("../../../../helpers/host/process/pipes.ts");

const name = parseSandboxName("web1");
const pipes = join(top, "run/host/sandboxcontainer/web1/run/host");

after(() => {
  rmSync(top, { recursive: true });
});

interface Ran {
  readonly outcome: string | undefined;
  readonly error: unknown;
  /** The text that the copier read from the pipe of the scripts, to its end. */
  readonly said: string;
  readonly steps: readonly string[];
}

/** Fakes a container with a shell script, which starts when libvirt is asked to create it. */
async function running(script: string, result: CreateResult, change: Partial<ScriptsHost> = {}): Promise<Ran> {
  rmSync(pipes, { recursive: true, force: true });
  mkdirSync(pipes, { recursive: true });
  execFileSync("mkfifo", [join(pipes, "outcome")]);
  const steps: string[] = [];
  let said = "";
  const host: ScriptsHost = {
    makePipe: (path) => {
      execFileSync("mkfifo", [path]);
    },
    createContainer: () => {
      if (result.kind === "created") spawn("sh", ["-c", script], { cwd: pipes, stdio: "ignore" });
      return Promise.resolve(result);
    },
    copyConsole: async (console, { wait, keep }) => {
      if (wait) said = await readPipe(console, 10_000);
      else {
        steps.push("console");
        // This keeps the pipe open while the container runs.
        spawn("sleep", ["0.3"], { stdio: ["ignore", "ignore", "ignore", keep] });
      }
    },
    openTerminal: (path) => {
      steps.push(path);
      return openSync("/dev/null", "r");
    },
    limit: () => Promise.resolve(void steps.push("limited")),
    tellController: () => Promise.resolve(void steps.push("told")),
    destroy: () => {
      steps.push("destroy");
      execFileSync("sh", ["-c", "kill $(cat pid)"], { cwd: pipes });
      return Promise.resolve();
    },
    warn: () => steps.push("warn"),
    ...change,
  };
  const [outcome, error] = await runScripts(name, host).then(
    (text) => [text, undefined] as const,
    (reason: unknown) => [undefined, reason] as const,
  );
  return { outcome, error, said, steps };
}

const created: CreateResult = { kind: "created", terminal: "/dev/pts/7" };

test("what a container says of its packages is read to its end, and what the scripts say is copied to its end", async () => {
  const script = "exec >said; echo one; sleep 0.2; exec 3>outcome; echo 'ok a' >&3; echo 'ok b' >&3; echo last";
  const { outcome, said, steps, error } = await running(script, created);
  assert.equal(error, undefined);
  assert.equal(outcome, "ok a\nok b\n");
  assert.equal(said, "one\nlast\n");
  assert.deepEqual(steps, ["/dev/pts/7", "console", "limited", "told"]);
});

test("a container that has ended before it had a console said nothing", async () => {
  const { outcome, steps, error } = await running(":", { kind: "created", terminal: undefined });
  assert.deepEqual([outcome, steps, error], ["", ["limited", "told"], undefined]);
  const gone = await running(":", created, { openTerminal: () => undefined });
  assert.deepEqual([gone.outcome, gone.error], ["", undefined]);
});

test("a container that says too much is not read without end", async () => {
  const { outcome } = await running("yes >outcome", created);
  assert.equal(outcome?.length, 65_536);
});

test("a script that speaks without end is ended", async () => {
  const { outcome, steps } = await running("echo $$ >pid; exec 3>outcome; echo ok a >&3; exec yes >said", created);
  assert.equal(outcome, "ok a\n");
  assert.deepEqual(steps.slice(-2), ["warn", "destroy"]);
});

test("a container that libvirt refuses is an error with its words, and nobody waits", async () => {
  for (const kind of [{ kind: "refused" }, { kind: "busy", isStarting: false }] as const) {
    const { error, steps } = await running(":", { ...kind, reason: "no such thing" });
    assert.match(String(error), /libvirt refused to start the container that configures the packages of web1: no such/);
    assert.deepEqual(steps, []);
  }
});

test("a copier that cannot be started is an error", async () => {
  const { error } = await running(":", created, { copyConsole: () => Promise.reject(new Error("ENOENT")) });
  assert.match(String(error), /ENOENT/);
});

test("a pipe is read until its writers are gone", async () => {
  const file = openSync("/dev/null", "r");
  assert.equal(await readPipe(file, 10), "");
  closeSync(file);
});
