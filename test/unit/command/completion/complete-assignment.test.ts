import assert from "node:assert/strict";
import { test } from "node:test";
import { completeAssignment } from "../../../../helpers/command/completion/list-candidates.ts";
import { confOf } from "../../conf/conf-of.ts";

const conf = confOf(
  "[Sandbox]\nExec=/usr/bin/true\n[Network]\nPublish=127.0.0.1:80:80\nPublish=127.0.0.1:81:81\n[Unit]\nStartLimitBurst=1\n",
);
const networks = () => Promise.resolve([{ word: "default", help: "" }]);
const words = async (current: string, of: typeof conf | undefined = conf): Promise<readonly string[]> =>
  (await completeAssignment(current, of, networks)).map(({ word }) => word).filter((word) => word.startsWith(current));

test("first comes a key: all settings and limits, and what the conf passes on", async () => {
  for (const [begun, key] of [
    ["Net", "Network="],
    ["Mem", "MemoryMax="],
    ["Start", "StartLimitBurst="],
  ] as const)
    assert.ok((await words(begun)).includes(key), key);
  assert.ok((await words("")).every((word) => word.endsWith("=")));
});

test("then comes a value: what there is, what is possible, and what can be removed", async () => {
  assert.deepEqual(await words("Network="), ["Network=default", "Network=none"]);
  assert.deepEqual(await words("Network.Network=d"), ["Network.Network=default"]);
  assert.deepEqual(await words("OnDemand="), ["OnDemand=yes", "OnDemand=no"]);
  assert.deepEqual(await words("Publish-="), ["Publish-=127.0.0.1:80:80", "Publish-=127.0.0.1:81:81"]);
  assert.deepEqual(await words("Nothing="), []);
  assert.deepEqual(await words("UserNamespace=n", undefined), ["UserNamespace=no"]);
});

test("words of a setting are offered, or else what the host has of its kind", async () => {
  assert.deepEqual(await words("PublishBy="), ["PublishBy=kernel", "PublishBy=proxy"]);
  assert.deepEqual(await words("Label=n"), ["Label=none"]);
  const asked: string[] = [];
  const ask = (takes: string) => {
    asked.push(takes);
    return Promise.resolve([]);
  };
  for (const begun of ["Unit=", "Network=", "Home=", "Copy=", "MemoryMax="])
    await completeAssignment(begun, undefined, ask);
  assert.deepEqual(asked, ["unit", "network", "folder"]);
});
