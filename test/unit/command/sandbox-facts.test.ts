import assert from "node:assert/strict";
import test from "node:test";
import { parseListen, parsePublish } from "../../../conf/values/publish.ts";
import { listPublished } from "../../../helpers/command/sandbox-facts.ts";

test("a published port has an address if the conf names one, and the port inside", () => {
  const conf = { Publish: ["8080:80", "[::1]:8443:443"].map(parsePublish), Listen: [parseListen("127.0.0.1:53/udp")] };
  assert.deepEqual(listPublished(conf), [
    { address: null, port: 8080, inside: 80, protocol: "tcp" },
    { address: "[::1]", port: 8443, inside: 443, protocol: "tcp" },
    { address: "127.0.0.1", port: 53, inside: 53, protocol: "udp" },
  ]);
  assert.deepEqual(listPublished({ Publish: [parsePublish("80-81:90-91/udp")], Listen: [] }), [
    { address: null, port: 80, inside: 90, protocol: "udp" },
    { address: null, port: 81, inside: 91, protocol: "udp" },
  ]);
});
