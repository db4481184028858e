import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { mergeConf } from "../../../conf/merge-conf.ts";
import { parseConf } from "../../../conf/parse-conf.ts";
import { confOf, mergeText } from "./conf-of.ts";

const mergeFiles = (files: Readonly<Record<string, string>>, ...defaults: readonly string[]) =>
  mergeConf(
    parseSandboxName("web"),
    "web.conf",
    Object.entries(files).map(([path, text]) => parseConf(text, path)),
    new Set(defaults),
  );

const messages = (text: string): readonly string[] => mergeText(text).errors.map(({ message }) => message);

test("a setting that is not there has its default", () => {
  const conf = confOf("[Sandbox]\nUnit=apache2.service\n");
  assert.deepEqual([conf.Exec, conf.Copy, conf.UserNamespace, conf.Package], [undefined, false, true, []]);
  assert.deepEqual([conf.Network, conf.Label, conf.Isolated], [{ kind: "none" }, { kind: "dynamic" }, true]);
});

test("what is for systemd is no setting of ours, whatever its name", () => {
  const { Copy, passThrough } = confOf("[Sandbox]\nUnit=a.service\n[Unit]\nCopy=yes\n");
  assert.deepEqual([Copy, passThrough.Unit.map(({ key }) => key)], [false, ["Copy"]]);
});

test("a repeated key adds, an empty one takes back, and each value knows its place", () => {
  const conf = confOf("[Sandbox]\nUnit=a.service\nUnit=\nUnit=b.service\nUnit=c.socket\n");
  assert.deepEqual(conf.Unit, ["b.service", "c.socket"]);
  assert.deepEqual(
    conf.origins.Unit?.map(({ line }) => line),
    [4, 5],
  );
});

test("a later file overrides what does not repeat, and adds to what does", () => {
  const { conf, errors } = mergeFiles({
    "web.conf": "[Sandbox]\nUnit=a.service\nCopy=yes\n[Resources]\nMemoryMax=1G\nIPAddressDeny=any\n",
    "10.conf": "[Sandbox]\nUnit=b.service\nCopy=no\n[Resources]\nMemoryMax=2G\nIPAddressDeny=192.0.2.0/24\n",
  });
  assert.deepEqual(errors, []);
  assert.deepEqual([conf.Unit, conf.Copy], [["a.service", "b.service"], false]);
  assert.deepEqual(
    conf.resources.map(({ key, value }) => `${key}=${value}`),
    ["MemoryMax=2G", "IPAddressDeny=any", "IPAddressDeny=192.0.2.0/24"],
  );
  assert.deepEqual(conf.files, ["web.conf", "10.conf"]);
});

test("in one file a key that does not repeat may not be there twice", () => {
  assert.deepEqual(messages("[Sandbox]\nUnit=a.service\nCopy=yes\nCopy=no\n[Resources]\nMemoryMax=1\nMemoryMax=2\n"), [
    "/etc/sandboxcontainer/web.conf:4: Copy= is set twice, first in line 3",
    "/etc/sandboxcontainer/web.conf:7: MemoryMax= is set twice, first in line 6",
  ]);
});

test("an empty limit takes back what was before it, in the same file as well: MemoryMax= was said to be set twice", () => {
  const limits = (lines: string): readonly string[] =>
    confOf(`[Sandbox]\nUnit=a.service\n[Resources]\n${lines}\n`).resources.map(({ key, value }) => `${key}=${value}`);
  assert.deepEqual(limits("MemoryMax=1G\nTasksMax=5\nMemoryMax="), ["TasksMax=5"]);
  assert.deepEqual(limits("MemoryMax=1G\nMemoryMax=\nMemoryMax=2G"), ["MemoryMax=2G"]);
  assert.deepEqual(limits("IPAddressDeny=::1\nIPAddressDeny=::2"), ["IPAddressDeny=::1", "IPAddressDeny=::2"]);
  assert.deepEqual(limits("IPAddressDeny=any\nIPAddressDeny=\nIPAddressDeny=::1"), ["IPAddressDeny=::1"]);
});

test("defaults take what makes sense for all sandboxes, and nothing else", () => {
  const files = {
    "d.conf": "[Security]\nLabel=none\nHostIds=200000\nLevel=s0:c1,c2\n[Network]\nPublish=80:80\n",
    "web.conf": "[Sandbox]\nUnit=a.service\n",
  };
  const { conf, errors } = mergeFiles(files, "d.conf");
  assert.deepEqual(
    errors.map(({ message }) => message),
    ["3: HostIds", "4: Level", "6: Publish"].map((where) => `d.conf:${where}= cannot be a default for all sandboxes`),
  );
  assert.deepEqual([conf.Label.kind, conf.Publish], ["none", []]);
});

test("all errors are told at once, in the order of the lines", () => {
  const lines = mergeText("[Sandbox]\nCopy=maybe\nUnit=x\nnonsense\nHome=there\n").errors.map(({ line }) => line);
  assert.deepEqual(lines, [2, 3, 4, 5]);
});

test("errors of several files come file by file, those of a whole file after those of its lines", () => {
  const { errors } = mergeFiles({ "web.conf": "[Sandbox]\n\n\nCopy=maybe\n", "10.conf": "[Sandbox]\nCopy=maybe\n" });
  assert.deepEqual(
    errors.map(({ path, line }) => `${path}:${line ?? ""}`),
    ["web.conf:4", "web.conf:", "10.conf:2"],
  );
  assert.deepEqual(
    mergeText("nonsense\n").errors.map(({ line }) => line),
    [1, undefined],
  );
});

test("a long value is cut in the message", () => {
  const toldOf = (length: number) => messages(`[Sandbox]\nUnit=y${"x".repeat(length - 1)}\n`)[0] ?? "";
  assert.match(toldOf(80), /Unit=yx{79}: expected/);
  assert.match(toldOf(81), /Unit=yx{76}…: expected/);
});

const timesOf = (...texts: readonly string[]): readonly string[] =>
  mergeFiles(
    Object.fromEntries(
      texts.map((text, index) => [`${index}.conf`, `${index > 0 ? "" : "[Sandbox]\nExec=/bin/x\n"}${text}`]),
    ),
  ).conf.timer.map(({ key, value }) => `${key}=${value}`);

test("times of a job add up, and an empty one forgets those of all keys, as for systemd, but not how exact they are", () => {
  assert.deepEqual(timesOf("[Timer]\nOnCalendar=daily\nOnCalendar=12:00\n", "[Timer]\nOnBootSec=1h\n"), [
    "OnCalendar=daily",
    "OnCalendar=12:00",
    "OnBootSec=1h",
  ]);
  assert.deepEqual(
    timesOf("[Timer]\nOnCalendar=daily\nOnBootSec=1h\nAccuracySec=1s\n", "[Timer]\nOnBootSec=\nOnCalendar=weekly\n"),
    ["AccuracySec=1s", "OnCalendar=weekly"],
  );
  assert.deepEqual(timesOf("[Timer]\nPersistent=yes\nOnCalendar=daily\n", "[Timer]\nPersistent=no\n"), [
    "Persistent=no",
    "OnCalendar=daily",
  ]);
});

test("a default of the host cannot make a job of every sandbox", () => {
  const { conf, errors } = mergeFiles(
    { "defaults.conf": "[Timer]\nAccuracySec=1h\n", "web.conf": "[Sandbox]\nUnit=a.service\n" },
    "defaults.conf",
  );
  assert.deepEqual(
    errors.map(({ message }) => message),
    ["defaults.conf:2: AccuracySec= cannot be a default for all sandboxes"],
  );
  assert.deepEqual(conf.timer, []);
});
