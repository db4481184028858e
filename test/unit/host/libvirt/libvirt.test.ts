import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type NativeHypervisor,
  openLibvirt,
  parseRefusal,
  parseTerminal,
  reasonOf,
} from "../../../../helpers/host/libvirt/libvirt.ts";

const unexpected = (): Promise<never> => Promise.reject(new Error("not expected"));
const xml =
  "<domain><devices><console type='pty' tty='/dev/pts/7'><source path='/dev/pts/7'/></console></devices></domain>";

/** Fakes the addon; `change` replaces some methods. */
const addon = (change: Partial<NativeHypervisor>): NativeHypervisor => ({
  connectOpen: () => Promise.resolve(),
  domainCreateXML: () => Promise.resolve({}),
  domainLookupByName: unexpected,
  domainDestroy: unexpected,
  domainGetXMLDesc: () => Promise.resolve(xml),
  domainDefineXML: unexpected,
  domainUndefine: unexpected,
  ...change,
});

// Fails as the addon does.
const refusing = (words: string) => (): Promise<never> =>
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  Promise.reject(words);

test("a domain that is made is told with its terminal", async () => {
  assert.deepEqual(await openLibvirt(addon({})).createDomain("<domain/>"), { kind: "created", terminal: "/dev/pts/7" });
});

test("one that has ended before it was asked for its terminal is made all the same", async () => {
  const gone = addon({ domainGetXMLDesc: refusing("Domain not found: no domain with matching uuid") });
  assert.deepEqual(await openLibvirt(gone).createDomain("<domain/>"), { kind: "created", terminal: undefined });
});

test("a domain that libvirt still has is told from one that it refuses", async () => {
  const create = (words: string) => openLibvirt(addon({ domainCreateXML: refusing(words) })).createDomain("");
  const active = "operation failed: domain 'web1' is already active as 'web1'";
  assert.deepEqual(await create(active), { kind: "busy", isStarting: false, reason: active });
  const removed = "operation failed: domain 'web1' is already being removed";
  assert.deepEqual(await create(removed), { kind: "busy", isStarting: false, reason: removed });
  const started = "Requested operation is not valid: domain 'web1' is already being started";
  assert.deepEqual(parseRefusal(started), { kind: "busy", isStarting: true, reason: started });
  const taken = "operation failed: domain 'web' already exists with uuid 8c1649f7";
  assert.deepEqual(parseRefusal(taken), { kind: "taken", reason: taken });
  const other = "internal error: guest failed to start: no such file";
  assert.deepEqual(await create(other), { kind: "refused", reason: other });
});

test("a libvirt that cannot be reached is an error with what to do", async () => {
  const away = openLibvirt(addon({ connectOpen: refusing("Failed to connect socket") }));
  await assert.rejects(away.createDomain(""), {
    name: "SandboxError",
    message: /^cannot reach libvirt at lxc:\/\/\/system: Failed to connect socket$/,
    hint: /libvirtd\.socket/,
  });
});

test("the terminal is that of a console, and of a domain that runs", () => {
  assert.equal(parseTerminal(`<serial tty="/dev/pts/1"/><console tty="/dev/pts/22" type='pty'>`), "/dev/pts/22");
  assert.equal(parseTerminal("<console type='pty'><target type='lxc' port='0'/></console>"), undefined);
  assert.equal(parseTerminal("<console type='pty' tty='/etc/passwd'>"), undefined);
});

test("words are found in whatever the addon rejects with", () => {
  assert.equal(reasonOf("words"), "words");
  assert.equal(reasonOf(new Error("words")), "words");
  for (const silent of [new Error(""), {}, undefined, ""]) assert.equal(reasonOf(silent), "it does not say why");
});

test("a libvirtd that was killed, or is restarted, is waited for until systemd has started it again", async () => {
  for (const words of [
    "Cannot recv data: Connection reset by peer",
    "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
  ]) {
    let [tries, slept] = [0, 0];
    const connectOpen = (): Promise<void> => (++tries < 4 ? refusing(words)() : Promise.resolve());
    const sleep = (ms: number): Promise<void> => {
      slept += ms;
      return Promise.resolve();
    };
    assert.equal((await openLibvirt(addon({ connectOpen }), sleep).createDomain("<domain/>")).kind, "created");
    assert.deepEqual([tries, slept], [4, 300]);
  }
});

test("one that does not come back, and one that is not there, is an error", async () => {
  const sleep = (): Promise<void> => Promise.resolve();
  for (const words of ["Cannot recv data: Connection reset by peer", "Failed to connect socket: No such file"]) {
    const libvirt = openLibvirt(addon({ connectOpen: refusing(words) }), sleep);
    await assert.rejects(libvirt.hasDomain("web"), new RegExp(`cannot reach libvirt .*${words}`));
  }
});

test("a request that a restart of libvirtd kept from it is sent once more, and no other", async () => {
  const create = async (words: string): Promise<readonly unknown[]> => {
    let [connections, requests] = [0, 0];
    const connectOpen = (): Promise<void> => {
      connections++;
      return Promise.resolve();
    };
    const domainCreateXML = (): Promise<object> => (++requests === 1 ? refusing(words)() : Promise.resolve({}));
    const { kind } = await openLibvirt(addon({ connectOpen, domainCreateXML })).createDomain("<domain/>");
    return [kind, connections, requests];
  };
  assert.deepEqual(await create("Cannot write data: Broken pipe"), ["created", 2, 2]);
  assert.deepEqual(await create("End of file while reading data: Input/output error"), ["refused", 1, 1]);
});
