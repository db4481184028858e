import assert from "node:assert/strict";
import test from "node:test";
import {
  findOwnGroup,
  parseGroups,
  type ReadGroup,
  readLegacy,
  readUnified,
} from "../../../../helpers/host/process/cgroup.ts";

const from =
  (files: Readonly<Record<string, string>>): ReadGroup =>
  (controller, file) =>
    files[`${controller}/${file}`];

const memoryOfHost = 8 * 2 ** 30 + 1234;

test("the groups of a process are told by controller, and version 2 has the empty name", () => {
  const groups = parseGroups("4:memory:/machine/a:b\n2:cpu,cpuacct:/machine\n0::/system.slice/x.service\n");
  assert.deepEqual(Object.fromEntries(groups), {
    memory: "/machine/a:b",
    cpu: "/machine",
    cpuacct: "/machine",
    "": "/system.slice/x.service",
  });
});

test("the own group of a controller is found in both versions, and no group of anything else", () => {
  const scope = "/machine.slice/machine-lxc\\x2d5\\x2dweb.scope/libvirt";
  assert.equal(findOwnGroup(`0::${scope}\n`), `/sys/fs/cgroup${scope}`);
  const first = "9:memory:/machine/lxc-5-web.libvirt-lxc\n1:name=systemd:/system.slice/libvirtd.service\n0::/\n";
  assert.equal(findOwnGroup(first), "/sys/fs/cgroup/memory/machine/lxc-5-web.libvirt-lxc");
  assert.equal(findOwnGroup("9:memory:/system.slice/libvirtd.service\n0::/user.slice/session-1.scope\n"), undefined);
  assert.equal(findOwnGroup("0::/system.slice/libvirtd.service\n"), undefined);
  assert.equal(findOwnGroup(""), undefined);
});

test("usage is read from cgroup version 2", () => {
  const usage = readUnified(
    from({
      "/cpu.stat": "usage_usec 2500000\nuser_usec 1\n",
      "/memory.current": "1048576\n",
      "/memory.max": "max\n",
      "/pids.current": "7\n",
      "/pids.max": "300\n",
      "/io.stat": "254:0 rbytes=100 wbytes=20 rios=1\n254:16 rbytes=1 wbytes=2 rios=1\n",
    }),
    memoryOfHost,
  );
  assert.deepEqual(usage, {
    ...{ cpuSeconds: 2.5, memoryBytes: 1048576, memoryMax: null, tasks: 7, tasksMax: 300 },
    ...{ readBytes: 101, writtenBytes: 22 },
  });
});

test("usage is read from cgroup version 1, where no limit is the largest number", () => {
  const usage = readLegacy(
    from({
      "cpuacct/cpuacct.usage": "1500000000\n",
      "memory/memory.usage_in_bytes": "4096\n",
      "memory/memory.limit_in_bytes": "9223372036854771712\n",
      "blkio/blkio.throttle.io_service_bytes": "254:0 Read 10\n254:0 Write 5\nTotal 15\n",
    }),
    memoryOfHost,
  );
  assert.deepEqual(usage, {
    ...{ cpuSeconds: 1.5, memoryBytes: 4096, memoryMax: null, tasks: null, tasksMax: null },
    ...{ readBytes: 10, writtenBytes: 5 },
  });
});

test("what the kernel does not count is null", () => {
  assert.deepEqual(new Set(Object.values(readUnified(() => undefined, memoryOfHost))), new Set([null]));
});

// F11
test("what libvirt sets for a container without a limit, all of the host's memory, is no limit", () => {
  const kibibytes = Math.floor(memoryOfHost / 1024);
  for (const [limit, told] of [
    [kibibytes * 1024, null],
    [Math.floor((kibibytes * 1024) / 65536) * 65536, null],
    [2 ** 30, 2 ** 30],
  ] as const) {
    assert.equal(readLegacy(from({ "memory/memory.limit_in_bytes": `${limit}\n` }), memoryOfHost).memoryMax, told);
    assert.equal(readUnified(from({ "/memory.max": `${limit}\n` }), memoryOfHost).memoryMax, told);
  }
});
