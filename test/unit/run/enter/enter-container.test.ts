import assert from "node:assert/strict";
import { ChildProcess } from "node:child_process";
import { test } from "node:test";
import { SandboxError } from "../../../../generator/conf/sandbox-error.ts";
import { enterContainer, type EnterHost } from "../../../../helpers/run/enter/enter-container.ts";

const entering = {
  init: { pid: 100, began: "1" },
  filterFile: "/filter",
  profile: undefined,
  term: "dumb",
  words: ["-", "-", "--", "id"],
};

/** Fakes a host with a sandbox. It records the steps, and starts process 200. */
function fakeHost(fakes: Partial<EnterHost> = {}) {
  const steps: string[] = [];
  const host: EnterHost = {
    closeInherited: () => steps.push("close"),
    hasTerminal: () => false,
    readOwner: () => 70_000,
    readBound: () => 1n,
    isFiltered: () => true,
    readFilter: (path) => `text of ${path}`,
    readContext: () => undefined,
    exposeToMemoryKiller: (pid, score) => steps.push(`expose ${pid} ${score}`) > 0,
    joinGroups: (pid, initPid) => steps.push(`join ${pid} ${initPid}`),
    start: ({ command, pipesFor, prepare }) => {
      steps.push(`start ${command[0] ?? ""} ${pipesFor ?? "terminal"}`);
      prepare(200);
      steps.push("run");
      return Promise.resolve({ child: new ChildProcess(), status: Promise.resolve(7) });
    },
    signalChildrenOf: () => undefined,
    isRunning: () => true,
    ...fakes,
  };
  return { host, steps };
}

test("before it runs, the command loses its protection and joins the sandbox's groups", async () => {
  const { host, steps } = fakeHost();
  assert.equal(await enterContainer(entering, host), 7);
  assert.deepEqual(steps, ["close", "start nsenter 70000", "expose 200 100", "join 200 100", "run"]);
});

test("a terminal is passed on, anything else is replaced by pipes for root inside", async () => {
  const { host, steps } = fakeHost({ hasTerminal: () => true });
  await enterContainer(entering, host);
  assert.equal(steps[1], "start nsenter terminal");
});

// F8
test("a protection that cannot be taken away is refused, with a way that works", async () => {
  const { host, steps } = fakeHost({ exposeToMemoryKiller: () => false });
  await assert.rejects(enterContainer(entering, host), (error) => {
    assert.ok(error instanceof SandboxError);
    assert.match(error.message, /memory killer/);
    assert.match(error.hint ?? "", /systemd-run/);
    return true;
  });
  assert.ok(!steps.includes("run"));
});

test("if the sandbox stops meanwhile, that is the reason", async () => {
  const gone = (): never => {
    throw new Error("ENOENT");
  };
  for (const step of ["readOwner", "readBound", "joinGroups"] as const) {
    const { host } = fakeHost({ [step]: gone, isRunning: () => false });
    await assert.rejects(enterContainer(entering, host), { message: "the sandbox has stopped" });
  }
});

// Its number is that of a process of the host then.
test("if PID 1 ends while the command is prepared, the command does not run", async () => {
  const { host, steps } = fakeHost({ isRunning: () => false });
  await assert.rejects(enterContainer(entering, host), { message: "the sandbox has stopped" });
  assert.ok(!steps.includes("run"));
});

test("any other error stays itself", async () => {
  const full = (): never => {
    throw new Error("ENOSPC");
  };
  await assert.rejects(enterContainer(entering, fakeHost({ joinGroups: full }).host), { message: "ENOSPC" });
});

test("it gets the system call filter that PID 1 has, and none if PID 1 has none", async () => {
  const loaded: (string | undefined)[] = [];
  for (const isFiltered of [true, false]) {
    const { host } = fakeHost({
      isFiltered: () => isFiltered,
      start: ({ command }) => {
        loaded.push(command[command.findIndex((word) => word.endsWith("inside/filter")) + 1]);
        return Promise.resolve({ child: new ChildProcess(), status: Promise.resolve(0) });
      },
    });
    await enterContainer(entering, host);
  }
  assert.deepEqual(loaded, ["text of /filter", "-"]);
});
