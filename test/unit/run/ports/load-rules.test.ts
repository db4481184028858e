import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadRules, type RulesHost } from "../../../../helpers/run/ports/load-rules.ts";

// As nft 1.1.3 lists it.
const whole = readFileSync(join(import.meta.dirname, "golden/table.nft"), "utf8");
const list = "list table inet sandboxcontainer\n";
const dormant = whole.replace("{\n", "{\n\tflags dormant\n\n");
const missing = { status: 1, output: "Error: No such file or directory" };

/** Fakes a kernel whose table nft lists as `table`; there is none if that is undefined. */
function fakeHost(table: string | undefined) {
  const done: string[] = [];
  let [base, kept] = ["base\n", undefined as string | undefined];
  const host: RulesHost = {
    readBase: () => base,
    readKept: () => kept,
    keep: (chains) => {
      kept = chains;
    },
    nft: (commands) => {
      done.push(commands.replaceAll("\n", ";"));
      const output = table ?? "";
      if (commands.startsWith(base)) table = whole;
      else if (table === undefined) return Promise.resolve(missing);
      return Promise.resolve({ status: 0, output: commands.endsWith(list) ? output : "" });
    },
  };
  return {
    host,
    load: async () => {
      done.length = 0;
      assert.equal((await loadRules("elements\n", host)).status, 0);
      return done;
    },
    change: (changed: string | undefined) => {
      table = changed;
    },
    upgrade: () => {
      base = "new base\n";
    },
  };
}

const all = ["base;elements;", "list table inet sandboxcontainer;"];
const quick = "elements;list table inet sandboxcontainer;";

test("the first start loads all, and the next only its elements", async () => {
  const { load } = fakeHost(undefined);
  assert.deepEqual(await load(), all);
  assert.deepEqual(await load(), [quick]);
});

test("what somebody has changed or removed is fixed, and so is what an earlier version loaded", async () => {
  const { load, change, upgrade } = fakeHost(undefined);
  await load();
  for (const changed of [undefined, "", "table inet sandboxcontainer {\n}", whole.replace("\t\tdrop\n", ""), dormant]) {
    assert.notEqual(changed, whole);
    change(changed);
    assert.deepEqual(await load(), [quick, ...all]);
    assert.deepEqual(await load(), [quick]);
  }
  upgrade();
  assert.deepEqual(await load(), [quick, "new base;elements;", all[1]]);
});

test("other sandboxes' elements and counters change nothing", async () => {
  const { load, change } = fakeHost(undefined);
  await load();
  change(whole.replace(/\tset own4 \{[^]*?\n\t\}\n/, "").replace(/\tcounter \S+ \{[^]*?\n\t\}\n/, ""));
  assert.deepEqual(await load(), [quick]);
});

test("a listing without a chain is not kept, so all is loaded each time", async () => {
  const { host, load } = fakeHost(undefined);
  const nft = async (commands: string) => ({
    ...(await host.nft(commands)),
    output: "table inet sandboxcontainer {\n}",
  });
  await loadRules("elements\n", { ...host, nft });
  assert.equal(host.readKept(), undefined);
  assert.deepEqual(await load(), all);
});

test("what nft refuses is its own words", async () => {
  const { host } = fakeHost(undefined);
  const refused = { status: 1, output: "Error: Could not process rule: File exists" };
  assert.deepEqual(await loadRules("elements\n", { ...host, nft: () => Promise.resolve(refused) }), refused);
});
