import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { parseSandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { StartControl } from "../../../helpers/run/start-files.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { writeSeal } = await import("../../../helpers/run/seal.ts");
const { parseEarlierControl, readPreparedStart, readStartControl, renderControl, tryReadStartControl } =
  await import("../../../helpers/run/start-files.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const web = parseSandboxName("web1");
const state = join(top, "var/lib/sandboxcontainer/web1");
const start = join(state, "start");
const control = join(start, "control");
const put = (file: string, text: string): void => {
  writeFileSync(join(start, file), text);
};

beforeEach(() => {
  rmSync(state, { recursive: true, force: true });
  mkdirSync(join(start, "run/host"), { recursive: true });
  for (const file of ["../ids", "../context"]) put(file, "none\n");
  put("system-calls", "1 6 0 0 0\n");
  put("sockets", "sandbox-web1-80.socket tcp 80\nsandbox-web1-53.udp.socket udp 53\n");
  put("awaited", "tcp 80 link\nudp 53\n");
  put("limits", "MemoryMax=1G\n");
  put("control", "none\n");
});

const controls: readonly StartControl[] = [
  { kind: "none" },
  { kind: "selinux" },
  { kind: "apparmor", profile: "a", entry: "a//&b" },
];

for (const each of controls)
  test(`what confines a sandbox is read as it was written: ${each.kind}`, () => {
    put("control", renderControl(each));
    writeSeal(web);
    assert.deepEqual(readStartControl(web), each);
    assert.deepEqual(readPreparedStart(web).control, each);
  });

test("a start has what prepare wrote", () => {
  writeSeal(web);
  const { sockets, awaited, limits, hasNetwork, link, isCommand } = readPreparedStart(web);
  assert.deepEqual(
    { sockets, awaited, limits, hasNetwork, link, isCommand },
    {
      sockets: [
        { unit: "sandbox-web1-80.socket", protocol: "tcp", port: 80 },
        { unit: "sandbox-web1-53.udp.socket", protocol: "udp", port: 53 },
      ],
      awaited: [
        { protocol: "tcp", port: 80, byLink: true },
        { protocol: "udp", port: 53, byLink: false },
      ],
      limits: ["MemoryMax=1G"],
      hasNetwork: false,
      link: undefined,
      isCommand: false,
    },
  );
});

test("with a link it has that too, and does not start without the file", () => {
  put("link", "DEVICE=sp-web1\nLINK=198.18.0.2\nENDS=198.18.0.2/30,198.18.0.1/30\nSECOND=yes\n");
  writeSeal(web);
  const { link } = readPreparedStart(web);
  assert.deepEqual([link?.device, link?.addresses[0]?.sandbox.text, link?.isSecond], ["sp-web1", "198.18.0.2", true]);
  rmSync(join(start, "link"));
  assert.throws(() => readPreparedStart(web), { name: "SandboxError", message: /start\/link is missing/ });
});

test("without the file that says what confines it, nothing starts or is entered, and nobody takes it for unconfined", () => {
  writeSeal(web);
  rmSync(control);
  for (const read of [readStartControl, readPreparedStart])
    assert.throws(() => read(web), { name: "SandboxError", message: /start\/control is missing/ });
  assert.equal(tryReadStartControl(web), undefined);
});

test("nothing is entered without the file of the system call filter", () => {
  writeSeal(web);
  rmSync(join(start, "system-calls"));
  assert.throws(() => readStartControl(web), { name: "SandboxError", message: /start\/system-calls is missing/ });
});

for (const text of ["", "\n", "selin", "none x\n", "apparmor\n", "apparmor a\n", "apparmor a b c\n"])
  test(`\`${text.trimEnd()}\` says nothing about what confines a sandbox`, () => {
    put("control", text);
    writeSeal(web);
    assert.throws(() => readStartControl(web), {
      name: "SandboxError",
      message: /start\/control is damaged, so nothing says what confines web1/,
    });
  });

test("of what version 0.1.0 started, and still runs, libvirt knows whether a file is missing", () => {
  const domain = (...words: readonly string[]): string =>
    `<domstatus><domain>${words.map((word) => `<initarg>${word}</initarg>`).join("")}</domain></domstatus>`;
  assert.deepEqual(parseEarlierControl(web, undefined, domain("-")), { kind: "none" });
  assert.deepEqual(parseEarlierControl(web, "selinux\n", domain("-")), { kind: "selinux" });
  assert.deepEqual(parseEarlierControl(web, "apparmor a b\n", domain("--profile", "a")), {
    kind: "apparmor",
    profile: "a",
    entry: "b",
  });
  for (const [text, known] of [
    [undefined, domain("--profile", "a")],
    [undefined, ""],
    [undefined, undefined],
    ["", domain("-")],
  ] as const)
    assert.throws(() => parseEarlierControl(web, text, known), { name: "SandboxError", message: /start\/control/ });
});
