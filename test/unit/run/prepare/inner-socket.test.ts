import assert from "node:assert/strict";
import { test } from "node:test";
import {
  findInnerSocket,
  planInside,
  possibleSockets,
  renderInnerSocket,
} from "../../../../helpers/run/prepare/inside-files.ts";
import { confOf } from "../../conf/conf-of.ts";

const find = (content: string, ...there: readonly string[]) =>
  findInnerSocket(confOf(`[Sandbox]\n${content}\n[Network]\nListen=2222\n`), (unit) => there.includes(unit));

test("the socket unit is the one of Unit=, or that of its service", () => {
  assert.equal(find("Unit=ssh.service", "ssh.socket"), "ssh.socket");
  assert.equal(find("Unit=tangd.socket"), "tangd.socket");
  assert.equal(find("Unit=a.service\nUnit=ssh.service", "ssh.socket"), "ssh.socket");
  assert.equal(find("Exec=/bin/x"), undefined);
});

test("a service without one, and two that could be meant, are refused", () => {
  assert.throws(() => find("Unit=a.service"), /a\.service has no socket unit/);
  assert.throws(
    () => find("Unit=a.service\nUnit=b.service", "a.socket", "b.socket"),
    /not clear which of a\.socket, b\.socket/,
  );
});

test("systemd inside is told the addresses that the sockets have, and to start the socket unit", () => {
  const conf = confOf("[Sandbox]\nUnit=ssh.service\n[Network]\nListen=2222\nListen=[::1]:53/udp\n");
  const text = renderInnerSocket(conf.Listen);
  assert.equal(text, "[Socket]\nListenStream=\nListenDatagram=\nListenStream=2222\nListenDatagram=[::1]:53\n");
  const planned = planInside(conf, { socket: "ssh.socket" });
  assert.equal(planned["systemd/system/ssh.socket.d/50-sandboxcontainer-listen.conf"], text);
  assert.match(planned["systemd/system/sandboxcontainer.target.d/50-socket.conf"] ?? "", /^Wants=ssh\.socket$/m);
});

test("the host is asked for the sockets of the units, and for none without Listen=", () => {
  const conf = confOf("[Sandbox]\nUnit=a.service\nUnit=b.socket\n[Network]\nListen=2222\n");
  assert.deepEqual(possibleSockets(conf), ["a.socket", "b.socket"]);
  assert.deepEqual(possibleSockets({ ...conf, Listen: [] }), []);
});
