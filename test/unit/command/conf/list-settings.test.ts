import assert from "node:assert/strict";
import test from "node:test";
import { settingNames } from "../../../../conf/settings.ts";
import { listSettings } from "../../../../helpers/command/conf/list-settings.ts";
import { findMistakes, readShapes } from "../../../json-shapes.ts";
import { confOf } from "../../conf/conf-of.ts";

const text = `[Sandbox]
Unit=a.service
Unit=b.service
[Resources]
MemoryMax=1G
[Service]
ExecReload=/bin/a
ExecReload=/bin/b
`;

test("without a conf every setting and every limit is told, without values", () => {
  const all = listSettings();
  assert.deepEqual(
    all.slice(0, settingNames.length).map(({ key }) => key),
    settingNames,
  );
  const rest = all.slice(settingNames.length);
  assert.ok(rest.length > 40 && rest.every(({ section, help }) => section === "Snapshots" || help === null));
  assert.deepEqual([...new Set(rest.map(({ section }) => section))], ["Resources", "Timer", "Snapshots"]);
  assert.deepEqual(
    all.flatMap(({ values }) => values),
    [],
  );
  const find = (wanted: string) => all.find(({ key }) => key === wanted);
  assert.equal(find("Label")?.default, "dynamic");
  assert.equal(find("Isolated")?.default, "yes");
  assert.deepEqual([find("Unit")?.default, find("Unit")?.own, find("Unit")?.repeats], [null, true, true]);
  assert.deepEqual(
    [find("OnCalendar")?.own, find("OnCalendar")?.repeats, find("Persistent")?.repeats],
    [true, true, false],
  );
  const keep = all.find(({ key }) => key === "Keep");
  assert.deepEqual([keep?.section, keep?.default, keep?.effect, keep?.repeats], ["Snapshots", "7", "now", false]);
  assert.deepEqual([find("Exec")?.effect, find("MemoryMax")?.effect], ["restart", "now"]);
});

test("with a conf the values follow, and the lines that systemd gets", () => {
  const all = listSettings(confOf(text));
  const valuesOf = (wanted: string) => all.find(({ key }) => key === wanted)?.values;
  const at = (line: number): string => `/etc/sandboxcontainer/web.conf:${line}`;
  assert.deepEqual(valuesOf("Unit"), [
    { value: "a.service", origin: at(2) },
    { value: "b.service", origin: at(3) },
  ]);
  assert.deepEqual(valuesOf("Network"), [{ value: "none", origin: "default" }]);
  assert.deepEqual(valuesOf("MemoryMax"), [{ value: "1G", origin: at(5) }]);
  assert.deepEqual(all.at(-1), {
    ...{ section: "Service", key: "ExecReload", help: null, repeats: true, default: null, own: false },
    ...{ effect: "now", manual: "systemd.service(5)" },
    values: [
      { value: "/bin/a", origin: at(7) },
      { value: "/bin/b", origin: at(8) },
    ],
  });
  const shape = readShapes().get("settings");
  assert.ok(shape);
  assert.deepEqual(findMistakes(shape, JSON.stringify(all)), []);
});
