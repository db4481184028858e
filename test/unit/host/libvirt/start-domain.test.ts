import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateResult } from "../../../../helpers/host/libvirt/libvirt.ts";
import { openStarter, type StarterHost } from "../../../../helpers/host/libvirt/start-domain.ts";
import { type Wire, WireError } from "../../../../helpers/host/libvirt/wire.ts";

const terminal = "<console type='pty' tty='/dev/pts/7'/>";
const byAddon: CreateResult = { kind: "created", terminal: "/dev/pts/9" };

/** Fakes connections: each `openWire` takes the next of them. */
function fakeHost(...connections: readonly (WireError | Wire["createDomain"])[]): StarterHost {
  const left = [...connections];
  return {
    openWire: () => {
      const next = left.shift() ?? new WireError("away", "nobody listens");
      return next instanceof WireError ? Promise.reject(next) : Promise.resolve({ createDomain: next });
    },
    connectLibvirt: () => ({ createDomain: () => Promise.resolve(byAddon) }),
    sleep: () => Promise.resolve(),
  };
}
const failing = (kind: WireError["kind"], message: string) => () => Promise.reject(new WireError(kind, message));

test("what libvirt answers is a result", async () => {
  const create = (connection: Wire["createDomain"]) => openStarter(fakeHost(connection)).createDomain("<domain/>");
  assert.deepEqual(await create(() => Promise.resolve(terminal)), { kind: "created", terminal: "/dev/pts/7" });
  assert.deepEqual(await create(() => Promise.resolve(undefined)), { kind: "created", terminal: undefined });
  const active = "operation failed: domain 'web' is already active as 'web'";
  assert.deepEqual(await create(failing("refused", active)), { kind: "busy", isStarting: false, reason: active });
  const end = "End of file while reading data: Input/output error";
  assert.deepEqual(await create(failing("ended", end)), { kind: "refused", reason: end });
});

test("a libvirtd that is restarted is waited for, and asked again if it has not got the request", async () => {
  const made = (): Promise<string> => Promise.resolve(terminal);
  const away = new WireError("away", "Connection refused");
  const ended = new WireError("ended", "End of file");
  assert.equal((await openStarter(fakeHost(away, ended, made)).createDomain("")).kind, "created");
  const restarted = fakeHost(failing("unsent", "Broken pipe"), away, made);
  assert.equal((await openStarter(restarted).createDomain("")).kind, "created");
});

test("one that stays away is an error with what to do", async () => {
  await assert.rejects(openStarter(fakeHost()).createDomain(""), {
    name: "SandboxError",
    message: "cannot reach libvirt at lxc:///system: nobody listens",
    hint: /libvirtd\.socket/,
  });
});

test("one that speaks otherwise is asked by the addon, which can pass no sockets", async () => {
  const foreign = new WireError("foreign", "it asks who we are");
  assert.deepEqual(await openStarter(fakeHost(foreign)).createDomain(""), byAddon);
  await assert.rejects(openStarter(fakeHost(foreign)).createDomain("", [3]), { message: /Listen= from us: it asks/ });
});
