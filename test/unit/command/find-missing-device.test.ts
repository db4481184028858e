import assert from "node:assert/strict";
import { test } from "node:test";
import { findMissingDevice } from "../../../helpers/command/find-causes.ts";

test("a device that a service cannot open is found in its messages", () => {
  for (const [line, device] of [
    ["/dev/ttyS1: No such file or directory", "/dev/ttyS1"],
    ["ERROR: Cannot open TUN/TAP dev /dev/net/tun: No such file or directory (errno=2)", "/dev/net/tun"],
    ["could not open '/dev/fuse': Operation not permitted.", "/dev/fuse"],
    ["xringd: error opening modem device", "modem device"],
    ["Unable to open any event device!", "any event device"],
  ] as const)
    assert.equal(findMissingDevice(`starting\n${line}\n`), device, line);
});

test("devices that a sandbox has, and mere words about others, are no reason", () => {
  for (const line of [
    "/dev/log: No such file or directory",
    "cannot open /dev/shm/x: Permission denied",
    "using /dev/ttyS1",
    "/srv/dev/x: No such file or directory",
    "cannot open the network device: No such device",
    "bad interface eth0: No such device",
    "opening modem device",
  ])
    assert.equal(findMissingDevice(line), undefined, line);
});
