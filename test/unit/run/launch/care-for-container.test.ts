import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { careForContainer, type CareHost, limitGroups } from "../../../../helpers/run/launch/care-for-container.ts";
import type { StartPlan } from "../../../../helpers/run/plan/start-plan.ts";

const container = {
  name: parseSandboxName("web"),
  controller: { pid: 19, began: "299" },
  init: { pid: 20, began: "300" },
};
const plain: Pick<StartPlan, "limits" | "sockets" | "pipes"> = {
  limits: [],
  sockets: [],
  pipes: { active: false, online: false, files: false, link: false },
};

interface Scene extends Partial<typeof plain> {
  /** The programs and calls that fail. */
  readonly failing?: readonly string[];
  readonly hasEnded?: boolean;
  readonly cgroup?: string;
}

/** Returns the steps for a container, in any order, and the messages. */
async function care(scene: Scene): Promise<readonly string[]> {
  const { host, done } = makeHost(scene);
  await careForContainer(container, { ...plain, ...scene }, 7, host);
  return done;
}

function makeHost({ failing = [], hasEnded = false, cgroup = "" }: Scene): { host: CareHost; done: readonly string[] } {
  const done: string[] = [];
  const host: CareHost = {
    isRunning: () => !hasEnded,
    run: (program, args) => {
      done.push([program, ...args].join(" "));
      const isFailing = failing.includes(program);
      return Promise.resolve({ status: isFailing ? 1 : 0, output: isFailing ? "refused" : "" });
    },
    bind: ({ from, to }) => {
      done.push(`bind ${from} ${to}`);
      if (failing.includes("bind")) throw new SandboxError("refused");
    },
    unmount: (path, how) => done.push(`umount ${how} ${path}`),
    remountIn: ({ pid }, path, options) => {
      done.push(`remount in ${pid} ${path} ${JSON.stringify(options)}`);
      if (failing.includes("remount")) throw new SandboxError("refused");
    },
    write: (path, text) => {
      done.push(`${path} ${text}`);
      if (failing.includes("write")) throw new SandboxError("refused");
    },
    readCgroup: () => cgroup,
    warn: (text) => done.push(text),
  };
  return { host, done };
}

const scope = "0::/machine.slice/machine-lxc\\x2d20\\x2dweb.scope/libvirt\n";

test("every container has its controller protected, and its terminals limited", async () => {
  assert.deepEqual(await care({}), [
    "/proc/19/oom_score_adj -1000",
    'remount in 19 /run/libvirt/lxc/web.devpts {"max":256}',
  ]);
});

test("root inside can make no more groups than the host removes, also on a host without machined", () => {
  for (const group of ["/machine.slice/machine-lxc\\x2d20\\x2dweb.scope", "/machine/lxc-20-web.libvirt-lxc"]) {
    const { host, done } = makeHost({ cgroup: `0::${group}/libvirt\n` });
    limitGroups(container, host);
    const folder = `/sys/fs/cgroup${group}`;
    assert.deepEqual(done, [`${folder}/cgroup.max.depth 32`, `${folder}/cgroup.max.descendants 4096`]);
  }
});

test("version 1 cannot limit groups, and a container that has ended makes none", () => {
  const old = makeHost({ cgroup: "4:memory:/machine/lxc-20-web.libvirt-lxc\n0::/\n" });
  limitGroups(container, old.host);
  assert.deepEqual(old.done, []);
  limitGroups(container, makeHost({ cgroup: scope, failing: ["write"], hasEnded: true }).host);
  assert.throws(() => {
    limitGroups(container, makeHost({ cgroup: scope, failing: ["write"] }).host);
  }, /the control groups of web cannot be limited: refused/);
});

test("limits are set on the scope of the container", async () => {
  const done = await care({ limits: ["MemoryMax=1G", "TasksMax=50"], cgroup: scope });
  assert.ok(
    done.includes("systemctl set-property --runtime -- machine-lxc\\x2d20\\x2dweb.scope MemoryMax=1G TasksMax=50"),
  );
});

test("a sandbox without its limits does not run", async () => {
  await assert.rejects(care({ limits: ["MemoryMax=1G"] }), /systemd-machined made no scope for web/);
  await assert.rejects(
    care({ limits: ["MemoryMax=1G"], cgroup: scope, failing: ["systemctl"] }),
    /systemd refused the limits of web: refused/,
  );
});

test("published ports find its network, and a DHCP client its processes", async () => {
  const done = await care({
    sockets: [{ unit: "a.socket", protocol: "tcp", port: 80 } as const],
    pipes: { ...plain.pipes, online: true },
  });
  assert.ok(done.includes("bind /proc/20/ns/net /run/sandboxcontainer/web/network"));
  assert.ok(done.includes("systemctl --no-block restart sandbox-dhcp@web.service"));
});

test("a sandbox that nobody asks an address for does not start, unless it has ended", async () => {
  const pipes = { ...plain.pipes, online: true };
  await assert.rejects(
    care({ pipes, failing: ["systemctl"] }),
    /systemd did not start the DHCP client of web: refused/,
  );
  await care({ pipes, failing: ["systemctl"], hasEnded: true });
});

test("a network that nobody could find is an error", async () => {
  const sockets = [{ unit: "a.socket", protocol: "tcp", port: 80 } as const];
  await assert.rejects(care({ sockets, failing: ["bind"] }), /network of web could not be mounted on .*: refused/);
});

test("terminals that cannot be limited are a warning", async () => {
  assert.ok((await care({ failing: ["remount"] })).includes("the terminals of web could not be limited: refused"));
});

test("what fails because the container has ended is passed over", async () => {
  const sockets = [{ unit: "a.socket", protocol: "tcp", port: 80 } as const];
  const done = await care({ sockets, limits: ["MemoryMax=1G"], failing: ["bind", "remount"], hasEnded: true });
  assert.ok(!done.some((line) => line.includes("could not")));
});

test("a network that may be that of another process is not kept", async () => {
  const done = await care({ sockets: [{ unit: "a.socket", protocol: "tcp", port: 80 } as const], hasEnded: true });
  assert.ok(done.includes("umount lazy /run/sandboxcontainer/web/network"));
});
