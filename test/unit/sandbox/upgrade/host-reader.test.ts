import assert from "node:assert/strict";
import { test } from "node:test";
import { openHostReader } from "../../../../helpers/sandbox/upgrade/make-beside.ts";

// F11
test("what upgrades of many sandboxes ask of the host is read once, and what is missing too", async () => {
  const asked: string[] = [];
  const facts = {} as Awaited<ReturnType<ReturnType<typeof openHostReader>["readFacts"]>>;
  const host = openHostReader({
    readFacts: () => {
      asked.push("packages");
      return Promise.resolve(facts);
    },
    readUnits: (units) => {
      asked.push(units.join(" "));
      return Promise.resolve([]);
    },
    readContent: (path) => {
      asked.push(path);
      return path === "/etc/none" ? undefined : { size: 1, digest: path };
    },
  });
  assert.deepEqual(asked, []);
  for (const turn of [1, 2]) {
    assert.equal(await host.readFacts(), facts, `turn ${turn}`);
    await host.readUnits(["a.service", "b.service"]);
    await host.readUnits(["b.service"]);
    assert.equal(host.readContent("/etc/none"), undefined);
    assert.deepEqual(host.readContent("/etc/one"), { size: 1, digest: "/etc/one" });
  }
  assert.deepEqual(asked, ["packages", "a.service b.service", "b.service", "/etc/none", "/etc/one"]);
});
