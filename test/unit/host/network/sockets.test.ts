import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSockets, states } from "../../../../helpers/host/network/sockets.ts";

const rest = "00000000:00000000 00:00000000 00000000     0        0 123 1 0 100 0 0 10 0";
const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const shown = (text: string, state: (typeof states)[keyof typeof states]): readonly string[] =>
  parseSockets(text, [state]).map(({ address, port, peerPort }) => `${address.text} ${port} ${peerPort}`);

test("those are listed that have one of the states", () => {
  const text = `${head}   0: 0100007F:0050 00000000:0000 0A ${rest}
   1: 0100007F:0051 0200007F:D431 01 ${rest}
   2: 0100007F:0052 00000000:0000 07 ${rest}
1000: 070200C0:FFFF 00000000:0000 0A ${rest}
`;
  assert.deepEqual(shown(text, states.listen), ["127.0.0.1 80 0", "192.0.2.7 65535 0"]);
  assert.deepEqual(shown(text, states.established), ["127.0.0.1 81 54321"]);
  assert.deepEqual(shown(text, states.close), ["127.0.0.1 82 0"]);
  assert.equal(parseSockets(text, [states.listen, states.close]).length, 3);
});

test("addresses of IPv6 are words of four bytes", () => {
  const any = "0".repeat(32);
  const text = `${head}   0: ${any}:0050 ${any}:0000 0A ${rest}
   1: 00000000000000000000000001000000:0051 ${any}:0000 0A ${rest}
   2: B80D0120000000000000000007000000:0052 ${any}:0000 0A ${rest}
   3: 0000000000000000FFFF00000100007F:0053 ${any}:0000 0A ${rest}
`;
  assert.deepEqual(shown(text, states.listen), [":: 80 0", "::1 81 0", "2001:db8::7 82 0", "::ffff:7f00:1 83 0"]);
});

test("a line that is cut off or of another form is none", () => {
  for (const text of ["", head, "   0: 0100007F:0050 00000000:0000", "0: 7F:0050 00000000:0000 0A x", "garbage\n"])
    assert.deepEqual(parseSockets(text, [states.listen]), []);
});
