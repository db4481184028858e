import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SandboxError } from "../../../base/errors.ts";
import { capabilityNames, parseSystemCallFilter } from "../../../conf/values/kinds.ts";
import { assembleFilter } from "../../../helpers/run/seccomp/assemble-filter.ts";
import { expandFilter } from "../../../helpers/run/seccomp/expand-filter.ts";
import { planFilter } from "../../../helpers/run/seccomp/plan-filter.ts";
import { systemCalls } from "../../../helpers/run/seccomp/system-calls.ts";
import { interpret } from "../../unit/run/seccomp/interpret.ts";
import { runs } from "./runs.ts";

const machine = fc.constantFrom("x64", "arm64");
const known = [...(systemCalls["x64"]?.numbers.keys() ?? [])];
const line = fc.record(
  { denies: fc.boolean(), calls: fc.oneof(fc.subarray(known, { maxLength: 8 }), fc.constantFrom(known)) },
  { noNullPrototype: true },
);
const wishes = fc.record(
  {
    units: fc.boolean(),
    added: fc.subarray([...capabilityNames]).map((names) => new Set(names)),
    lines: fc.array(line, { maxLength: 3 }),
  },
  { noNullPrototype: true },
);
// BPF_MAXINSNS of linux/bpf_common.h.
const maxInstructions = 4096;

test("every filter is a program that the kernel takes, and answers as it was planned", () => {
  fc.assert(
    fc.property(machine, wishes, fc.nat(600), (processor, wished, other) => {
      const calls = systemCalls[processor];
      assert.ok(calls !== undefined);
      const plan = planFilter(wished);
      const program = assembleFilter(plan, calls);
      const [length = 0, ...words] = program.split(" ").map(Number);
      assert.ok(length <= maxInstructions && words.length === 4 * length);
      assert.ok(
        words.every(
          (word, index) =>
            Number.isInteger(word) && word >= 0 && word < (index % 4 === 0 ? 2 ** 16 : index % 4 === 3 ? 2 ** 32 : 256),
        ),
      );
      const special = new Set(["clone", "unshare", "socket", "setpriority"]);
      for (const [call, number] of calls.numbers) {
        const answer = interpret(program, calls.architecture, number);
        if (plan.denied.has(call)) assert.equal(answer, plan.denied.get(call), call);
        else if (!special.has(call)) assert.equal(answer, "allow", call);
      }
      if (![...calls.numbers.values()].includes(other))
        assert.equal(interpret(program, calls.architecture, other), "ENOSYS");
      assert.equal(interpret(program, (calls.architecture ^ 1) >>> 0, 0), "ENOSYS");
    }),
    runs(0.1),
  );
});

test("a sandbox that may not make namespaces has no call and no flag for that", () => {
  fc.assert(
    fc.property(machine, wishes, fc.nat(2 ** 31 - 1), (processor, wished, flags) => {
      const calls = systemCalls[processor];
      const plan = planFilter(wished);
      if (calls === undefined || plan.makesNamespaces) return;
      const program = assembleFilter(plan, calls);
      const answer = interpret(program, calls.architecture, calls.numbers.get("clone") ?? 0, [flags]);
      assert.equal(answer, (flags & 0x7e020000) !== 0 || plan.denied.has("clone") ? "EPERM" : "allow");
    }),
    runs(0.1),
  );
});

test("words of SystemCallFilter= are calls and groups of the host, or are refused", async () => {
  const word = fc.oneof(
    fc.constantFrom(...known.slice(0, 20), "@a", "@b", "@keyring", "@nowhere", "constructor", "__proto__", "oepnat"),
  );
  const groups: ReadonlyMap<string, readonly string[]> = new Map([
    ["@a", ["read", "@b"]],
    ["@b", ["write", "keyctl"]],
    ["@keyring", ["keyctl", "add_key"]],
  ]);
  const readGroup = (group: string): Promise<readonly string[]> => {
    const members = groups.get(group);
    return members === undefined ? Promise.reject(new SandboxError("no group")) : Promise.resolve(members);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }), fc.boolean(), async (some, denies) => {
      try {
        const lines = await expandFilter([parseSystemCallFilter(`${denies ? "~" : ""}${some.join(" ")}`)], readGroup);
        const calls = lines.flatMap((each) => each.calls);
        assert.ok(calls.every((call) => known.includes(call)));
        const mayHaveKeys = denies || some.includes("@keyring") || some.includes("keyctl");
        assert.ok(mayHaveKeys || !calls.includes("keyctl"));
      } catch (error) {
        if (!(error instanceof SandboxError)) throw error;
      }
    }),
    runs(),
  );
});
