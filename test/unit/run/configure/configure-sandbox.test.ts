import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { configureSandbox } = await import("../../../../helpers/run/configure/configure-sandbox.ts");

const name = parseSandboxName("web1");
const lists = join(top, "var/lib/sandboxcontainer/web1/configure");
const read = (list: string): string => readFileSync(join(lists, list), "utf8");

beforeEach(() => {
  rmSync(lists, { recursive: true, force: true });
  mkdirSync(lists, { recursive: true });
  writeFileSync(join(lists, "packages"), "a\nb\n");
});

after(() => {
  rmSync(top, { recursive: true });
});

/** Returns the steps until the container has answered `said`. */
const configuring = async (said: string | Error): Promise<readonly string[]> => {
  const steps: string[] = [];
  const step = (text: string): Promise<void> => Promise.resolve(void steps.push(text));
  await configureSandbox(name, {
    attach: () => step("attach"),
    mountLayers: () => void step("layers"),
    runScripts: () => (typeof said === "string" ? step("run").then(() => said) : Promise.reject(said)),
    sync: () => step(`sync before ${read("packages").trim().replace("\n", " ")}`),
  });
  return steps;
};

test("packages that are done are never configured again", async () => {
  writeFileSync(join(lists, "done"), "before\n");
  assert.deepEqual(await configuring("ok a\nok b\n"), ["attach", "layers", "run", "sync before a b"]);
  assert.equal(read("packages"), "");
  assert.equal(read("done"), "before\na\nb\n");
});

test("packages that failed are left for the next start, and named", async () => {
  await assert.rejects(configuring("failed 3 a\nok b\n"), /^SandboxError: a could not be configured in web1: .* 3/);
  assert.equal(read("packages"), "a\n");
  assert.equal(read("done"), "b\n");
});

test("without a container all packages are left", async () => {
  await assert.rejects(configuring(new SandboxError("refused")), /refused/);
  assert.equal(read("packages"), "a\nb\n");
  assert.equal(existsSync(join(lists, "done")), false);
});
