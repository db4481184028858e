import assert from "node:assert/strict";
import { test } from "node:test";
import { findLead, mayMissNetwork, parseOwnWords } from "../../../helpers/command/own-words.ts";

const said = `× web.service - A web server for your network
     Loaded: loaded (/usr/lib/systemd/system/web.service; disabled; preset: enabled)
    Drop-In: /run/systemd/system/web.service.d
             └─zz-sandboxcontainer.conf
     Active: failed (Result: exit-code) since Tue 2026-12-01 06:33:06 UTC; 115ms ago
    Process: 16 ExecStartPre=/usr/sbin/web -t (code=exited, status=1/FAILURE)
Dec 01 06:33:06 ng1 web[16]: 2026/12/01 06:33:06 [emerg] 16#16: unknown directive "bogus" in /etc/web.conf:85
Dec  1 06:33:06 ng1 web[16]: web: configuration file /etc/web.conf test failed
Dec 01 06:33:06 ng1 systemd[1]: web.service: Failed with result 'exit-code'.
the service of ng1 did not start
web[16]: web: configuration file /etc/web.conf test failed
systemd[1]: Shutting down.`;

test("only what the service said itself counts, and once", () => {
  assert.deepEqual(parseOwnWords(said), [
    '2026/12/01 06:33:06 [emerg] 16#16: unknown directive "bogus" in /etc/web.conf:85',
    "web: configuration file /etc/web.conf test failed",
  ]);
  assert.deepEqual(parseOwnWords("the service of a did not start\n\nsystemd[1]: Shutting down."), []);
});

test("the line that says best what is wrong leads, with the next one if it goes on there", () => {
  assert.match(findLead(parseOwnWords(said)) ?? "", /unknown directive "bogus"/);
  assert.equal(findLead(["starting", "cannot read a", "bye"]), "cannot read a");
  assert.equal(
    findLead(["AH00526: Syntax error on line 9:", "  Invalid x", "bye"]),
    "AH00526: Syntax error on line 9: Invalid x",
  );
  assert.equal(findLead(["one", "two"]), "two");
  assert.equal(findLead([]), undefined);
});

test("a network is missed by who speaks of one or says nothing", () => {
  assert.ok(mayMissNetwork([]));
  assert.ok(mayMissNetwork(["CONFIG ERROR: no private IP address found"]));
  assert.ok(mayMissNetwork(["no usable interface"]));
  assert.ok(!mayMissNetwork(parseOwnWords(said)));
});
