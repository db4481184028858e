import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { inside } = useCommand(bed);
const { deleteAfter, make } = useSandboxes(bed);

/** The clusters inside by name, each with what it is: `main online`. */
async function clusters(name: string): Promise<string> {
  const listed = await inside(name, "pg_lsclusters --no-header | awk '{ print $2, $4 }'");
  assert.equal(listed.status, 0, listed.stderr);
  return listed.stdout.trim().split("\n").sort().join(", ");
}

test("a cluster that was made or renamed inside is there after a restart, and a clone gets none of its own", async (t) => {
  await make(t, "pg", "-u", "postgresql.service", "--start");
  assert.equal(await clusters("pg"), "main online");
  const made = await inside("pg", "pg_createcluster $(pg_lsclusters -h | awk '{ print $1 }') shop");
  assert.equal(made.status, 0, made.stderr);
  await bed.run("systemctl", "restart", "sandbox@pg");
  assert.equal(await clusters("pg"), "main online, shop online");

  const renamed = await inside("pg", "pg_renamecluster $(pg_lsclusters -h | awk 'NR == 1 { print $1 }') main first");
  assert.equal(renamed.status, 0, renamed.stderr);
  const table = "runuser -u postgres -- psql -qAtp $(pg_lsclusters -h | awk '/ first / { print $3 }')";
  assert.equal((await inside("pg", `${table} -c 'create table kept (n int)'`)).status, 0);
  await bed.run("systemctl", "restart", "sandbox@pg");
  assert.equal(await clusters("pg"), "first online, shop online");

  deleteAfter(t, "pg2");
  await bed.run("systemctl", "stop", "sandbox@pg");
  await bed.run("sandboxcontainer", "clone", "pg", "pg2");
  await bed.run("systemctl", "start", "sandbox@pg2");
  assert.equal(await clusters("pg2"), "first online, shop online");
  assert.equal((await inside("pg2", `${table} -c 'select count(*) from kept'`)).stdout.trim(), "0");
  const journal = await bed.journal("--unit", "sandbox@pg2", "--priority", "err");
  assert.ok(!/error/i.test(journal), journal);
});
