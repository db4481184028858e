import assert from "node:assert/strict";
import test from "node:test";
import { parseProcess } from "../../../../helpers/host/process/processes.ts";

const status = "Name:\tapache2\nPPid:\t10\nUid:\t65569\t65569\t65569\t65569\nNSpid:\t40\t7\nVmRSS:\t    12 kB\n";

test("a process is read as the host and as the sandbox see it", () => {
  assert.deepEqual(parseProcess(40, status, "/usr/sbin/apache2\0-k\0start\0"), {
    ...{ pid: 40, insidePid: 7, parent: 10, user: 65569, memoryBytes: 12288 },
    command: "/usr/sbin/apache2 -k start",
  });
});

test("one without a command line is told by its name, in brackets", () => {
  assert.equal(parseProcess(40, status, "").command, "[apache2]");
  // The next line was taken for the name of a process that has none.
  assert.equal(parseProcess(40, status.replace("apache2", ""), "").command, "[]");
});
