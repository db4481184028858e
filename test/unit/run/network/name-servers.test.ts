import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseResolvConf, type ResolvConfs } from "../../../../helpers/run/network/name-servers.ts";

const stub = "# made by resolved\nnameserver 127.0.0.53\noptions edns0\n";
const resolved = "nameserver 192.0.2.53\n";
const choose = (files: Partial<ResolvConfs>, sharesNetwork = false): string =>
  chooseResolvConf({ own: undefined, host: undefined, resolved: undefined, ...files }, sharesNetwork);

test("what DNS= says comes before what the host has", () => {
  const own = "nameserver 192.0.2.1\n";
  assert.equal(choose({ own, host: resolved, resolved }), own);
  assert.equal(choose({ own, host: stub, resolved }, true), own);
});

test("the host's file is used, whatever systemd-resolved says, when it names a server that the sandbox reaches", () => {
  for (const host of ["nameserver 192.0.2.9\n", `${stub}nameserver 192.0.2.9\n`, "nameserver\t::ffff\n"])
    assert.equal(choose({ host, resolved }), host);
});

test("behind a resolver on the host's loopback the sandbox gets the servers that systemd-resolved asks", () => {
  for (const host of [stub, "nameserver ::1\n", "nameserver 127.0.0.1\nnameserver ::1", "search example.org\n", ""])
    assert.equal(choose({ host, resolved }), resolved);
  assert.equal(choose({ resolved }), resolved);
});

test("with the host's network the loopback is reached", () => {
  assert.equal(choose({ host: stub, resolved }, true), stub);
});

test("without systemd-resolved there is only the host's file, or nothing", () => {
  assert.equal(choose({ host: stub }), stub);
  assert.equal(choose({}), "");
});
