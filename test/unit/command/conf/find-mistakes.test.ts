import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError } from "../../../../base/errors.ts";
import type { PassThroughLine } from "../../../../conf/conf.ts";
import { parseIgnored } from "../../../../helpers/command/conf/find-mistakes.ts";

const file = "/tmp/x/sandbox@0.service";
const line = (key: string, value: string, number: number): PassThroughLine => ({
  ...{ key, value, path: "/etc/sandboxcontainer/web1.conf", line: number },
});
const lines = [
  { section: "Unit", line: line("After", "x.service", 4) },
  { section: "Resources", line: line("MemoryMax", "lots", 9) },
  { section: "Service", line: line("Foo", "bar", 12) },
] as const;
const parse = (said: string): readonly string[] => parseIgnored(said, file, lines).map(describeError);

test("a line that systemd would ignore is told where the administrator wrote it", () => {
  const said = `${file}:4: Invalid memory limit 'lots', ignoring: Invalid argument
${file}:6: Unknown key 'Foo' in section [Service], ignoring.
`;
  assert.deepEqual(parse(said), [
    "/etc/sandboxcontainer/web1.conf:9: systemd would ignore this line: Invalid memory limit 'lots'. See systemd.resource-control(5)",
    "/etc/sandboxcontainer/web1.conf:12: systemd would ignore this line: Unknown key 'Foo' in section [Service]. See systemd.service(5) and systemd.exec(5)",
  ]);
});

test("what is only discouraged, of another unit or of the unit as a whole is no error", () => {
  const said = `${file}:4: Unit uses MemoryLimit=; please use MemoryMax= instead.
/usr/lib/systemd/system/dbus.socket:5: ListenStream= references a path below legacy directory, ignoring
sandbox@0.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.
`;
  assert.deepEqual(parse(said), []);
});

test("of a time that systemd cannot read the time itself is told: create has written no conf yet", () => {
  const timer = "/tmp/x/sandbox@0.timer";
  const said = `${timer}:2: Failed to parse calendar specification, ignoring: nonsense
sandbox@0.timer: Timer unit lacks value setting. Refusing.
`;
  const times = [{ section: "Timer", line: line("OnCalendar", "nonsense", 7) }] as const;
  assert.deepEqual(parseIgnored(said, timer, times).map(describeError), [
    "/etc/sandboxcontainer/web1.conf:7: systemd would ignore OnCalendar=nonsense: Failed to parse calendar specification. See systemd.timer(5) and systemd.time(7)",
  ]);
});
