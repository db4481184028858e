import assert from "node:assert/strict";
import { test } from "node:test";
import { listClaims } from "../../../conf/find-conflicts.ts";
import { confOf } from "./conf-of.ts";

const claims = (...lines: readonly string[]) =>
  listClaims(confOf(`[Sandbox]\nUnit=apache2.service\n[Network]\n${lines.join("\n")}\n`)).map(
    ({ key, index, place }) => [key, index, place],
  );

test("each port of a range is claimed, for the line that has the range", () => {
  assert.deepEqual(claims("Publish=80:80", "Publish=90-92:1-3/udp", "Listen=93"), [
    ["Publish", 0, "port 80"],
    ["Publish", 1, "port 90"],
    ["Publish", 1, "port 91"],
    ["Publish", 1, "port 92"],
    ["Listen", 0, "port 93"],
  ]);
});

test("who passes on the ports, and the subnet of links, belong to nobody", () => {
  assert.deepEqual(claims("PublishBy=proxy", "LinkRange=10.90.0.0/16"), []);
});
