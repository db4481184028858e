import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { SandboxError } from "../../../base/errors.ts";
import { parseSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { newState } = await import("../../../helpers/sandbox/populate/populate-sandbox.ts");
const { readAllStates, readState, writeIds, writeState } = await import("../../../helpers/sandbox/state.ts");
const { claimIdRange, rangeSize } = await import("../../../helpers/sandbox/id-range.ts");
const { stateDirectory, stateFile } = await import("../../../base/paths.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

function makeSandbox(text: string): SandboxName {
  const name = parseSandboxName(text);
  mkdirSync(stateDirectory(name), { recursive: true });
  return name;
}

test("a state comes back as it was written, and root alone may read it", () => {
  const name = makeSandbox("one");
  const state = { ...newState(), level: "s0:c1,c2" };
  assert.equal(readState(name), undefined);
  writeState(name, state);
  assert.deepEqual(readState(name), state);
  assert.equal(statSync(stateFile(name)).mode & 0o777, 0o600);
});

for (const text of [
  "",
  "{",
  "[]",
  "null",
  '{"version":2}',
  '{"version":1,"uuid":"x","machineId":"../x","idBase":null}',
  // A1: the uuid is written into a domain and, as a MAC address, into nft rules.
  '{"version":1,"uuid":"x","machineId":"00000000000000000000000000000001","idBase":null}',
  '{"version":1,"uuid":"6b1a7a4c-5d3e-4f00-8000-0123456789ab","machineId":"00000000000000000000000000000000","idBase":null}',
]) {
  test(`a damaged state is refused in one line: ${text}`, () => {
    const name = makeSandbox("damaged");
    writeFileSync(stateFile(name), text);
    assert.throws(() => readState(name), SandboxError);
  });
}

test("one damaged state does not hide the others", () => {
  assert.deepEqual(
    readAllStates().map(({ name }) => name),
    ["one"],
  );
});

test("the ids are told in one line", () => {
  const name = makeSandbox("one");
  writeIds(name, 1_048_576);
  assert.equal(readFileSync(join(stateDirectory(name), "ids"), "utf8"), "0:1048576:65536\n");
  writeIds(name, null);
  assert.equal(readFileSync(join(stateDirectory(name), "ids"), "utf8"), "none\n");
});

test("sandboxes that claim ids at the same time get different ones", async () => {
  const names = Array.from({ length: 8 }, (_, index) => makeSandbox(`claim${index}`));
  const states = await Promise.all(
    names.map((name, index) => {
      // All begin at the same place. If one sees another there, it goes elsewhere.
      const places = [0, index / names.length];
      return claimIdRange(name, newState(), () => places.shift() ?? Math.random());
    }),
  );
  const bases = states.map(({ idBase }) => idBase ?? 0);
  assert.equal(new Set(bases).size, names.length);
  for (const [index, name] of names.entries()) assert.equal(readState(name)?.idBase, bases[index]);
  assert.ok(bases.every((base) => base % rangeSize === 0));
});
