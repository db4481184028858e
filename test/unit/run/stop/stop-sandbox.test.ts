import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { KnownProcess } from "../../../../helpers/host/process/processes.ts";
import type { RunContainer } from "../../../../helpers/run/running/run-record.ts";
import { type StopHost, stopSandbox } from "../../../../helpers/run/stop/stop-sandbox.ts";

const web = parseSandboxName("web");
const init: KnownProcess = { pid: 20, began: "300" };
const controller: KnownProcess = { pid: 19, began: "299" };
const started: RunContainer = { kind: "started", init, controller };

interface Scene {
  /** Null if libvirt has not been asked. */
  readonly container?: RunContainer | null;
  /** The times of the events, in milliseconds. An event without a time never happens. */
  readonly initEnds?: number;
  readonly controllerEnds?: number;
  readonly libvirtForgets?: number;
  readonly consoleEnds?: number;
  readonly libvirtRuns?: boolean;
  readonly isTreeGone?: boolean;
  /** When the last of those leaves who came while it began to stop. */
  readonly visitorsLeave?: number;
  /** When something on the host that has entered is stopped, which keeps PID 1 from ending. */
  readonly stuckFrom?: number;
}

/** Stops a sandbox on a host where time passes only during a sleep. Returns the steps after its ports are shut, with their times. */
async function stop(scene: Scene): Promise<readonly string[]> {
  const done: string[] = [];
  let now = 0;
  const at = (what: string): void => {
    done.push(`${now} ${what}`);
  };
  let goesOn = false;
  const has = (time = Infinity): boolean => now >= time;
  const isStuck = (): boolean => has(scene.stuckFrom) && !goesOn;
  const host: StopHost = {
    readContainer: () => (scene.container === undefined ? started : (scene.container ?? undefined)),
    isRunning: ({ pid }) => isStuck() || !has(pid === init.pid ? scene.initEnds : scene.controllerEnds),
    isTreeGone: () => scene.isTreeGone ?? false,
    sendSignal: ({ pid }, signal) => {
      at(`signal ${signal} to ${pid}`);
    },
    findEntryGroup: ({ pid }) => `group of ${pid}`,
    continueEntered: (group) => {
      if (isStuck()) at(`continue what is stopped in the ${group}`);
      goesOn ||= isStuck();
    },
    moveHere: ({ pid }) => {
      at(`move ${pid}`);
    },
    shutPorts: (name) => {
      at(`shut the ports of ${name}`);
      return Promise.resolve();
    },
    isVisited: () => !has(scene.visitorsLeave ?? 0),
    extendTimeout: (seconds) => {
      at(`ask for ${seconds} s`);
    },
    knowsDomain: () => !has(scene.libvirtForgets),
    isLibvirtRunning: () => scene.libvirtRuns ?? true,
    isConsoleCopied: () => has(scene.consoleEnds),
    forgetDomain: () => {
      at("forget");
      return Promise.resolve();
    },
    sleep: (milliseconds) => {
      now += milliseconds;
      if (now > 3_600_000) throw new Error("waits for ever");
      return Promise.resolve();
    },
  };
  await stopSandbox(web, host);
  // Who comes from now on waits in systemd's sockets.
  assert.equal(done.shift(), "0 shut the ports of web");
  return [...done, `${now} done`];
}

test("a healthy stop asks PID 1 to halt, and libvirt for nothing", async () => {
  const scene = { initEnds: 30, controllerEnds: 50, libvirtForgets: 70, consoleEnds: 70 };
  assert.deepEqual(await stop(scene), ["0 move 19", "0 signal 37 to 20", "70 done"]);
});

test("who came while an idle sandbox began to stop is served, for half a minute at most", async () => {
  const scene = { libvirtForgets: 0, consoleEnds: 0 };
  const [ask, move] = await stop({ ...scene, initEnds: 5100, controllerEnds: 5100, visitorsLeave: 5000 });
  assert.equal(ask, "0 ask for 60 s");
  assert.match(move ?? "", /^5[01]\d\d move 19$/);
  const [, late] = await stop({ ...scene, initEnds: 60_000, controllerEnds: 60_000, visitorsLeave: 50_000 });
  assert.match(late ?? "", /^30\d\d\d move 19$/);
});

test("without its tree nothing inside can halt, so PID 1 is killed at once", async () => {
  const scene = { initEnds: 30, controllerEnds: 50, libvirtForgets: 70, consoleEnds: 70, isTreeGone: true };
  assert.deepEqual(await stop(scene), ["0 move 19", "0 signal 9 to 20", "70 done"]);
});

test("a service that takes its time to stop is waited for", async () => {
  const scene = { initEnds: 600_000, controllerEnds: 600_000, libvirtForgets: 600_000, consoleEnds: 0 };
  const done = await stop(scene);
  assert.ok(Number.parseInt(done.at(-1) ?? "") >= 600_000);
  assert.ok(!done.some((line) => line.endsWith("forget")));
});

test("what has entered from the host and is stopped goes on, and also what is stopped later", async () => {
  const scene = { initEnds: 30, controllerEnds: 50, libvirtForgets: 70, consoleEnds: 70 };
  const goesOn = "continue what is stopped in the group of 19";
  const steps = await stop({ ...scene, stuckFrom: 0 });
  assert.deepEqual(steps, [`0 ${goesOn}`, "0 move 19", "0 signal 37 to 20", "70 done"]);
  const later = (await stop({ ...scene, stuckFrom: 20 })).slice(2);
  assert.match(later[0] ?? "", new RegExp(`^1[01]\\d\\d ${goesOn}$`));
  assert.equal(later[1], `${Number.parseInt(later[0] ?? "")} done`);
});

// F1
test("processes that have ended are neither moved nor signalled", async () => {
  assert.deepEqual(await stop({ initEnds: 0, controllerEnds: 0, libvirtForgets: 0, consoleEnds: 0 }), ["0 done"]);
});

test("a controller that was killed alone leaves PID 1, which is still asked to halt", async () => {
  const scene = { initEnds: 20, controllerEnds: 0, libvirtForgets: 20, consoleEnds: 0 };
  assert.deepEqual(await stop(scene), ["0 signal 37 to 20", "20 done"]);
});

test("a domain that libvirt does not forget is destroyed", async () => {
  const done = await stop({ initEnds: 0, controllerEnds: 0, consoleEnds: 0 });
  assert.match(done[0] ?? "", /^3\d{3} forget$/);
});

test("a libvirt that does not run is not waited for", async () => {
  const scene = { initEnds: 0, controllerEnds: 0, consoleEnds: 0, libvirtRuns: false };
  assert.deepEqual(await stop(scene), ["0 forget", "0 done"]);
});

test("without a start there is nothing to end", async () => {
  for (const container of [null, { kind: "asked" }, { kind: "gone" }] as const)
    assert.deepEqual(await stop({ container, libvirtForgets: 0, consoleEnds: 0 }), ["0 done"]);
});

test("a console whose copier hangs does not keep the stop for long", async () => {
  const done = await stop({ initEnds: 0, controllerEnds: 0, libvirtForgets: 0 });
  assert.match(done[0] ?? "", /^3\d{3} done$/);
});
