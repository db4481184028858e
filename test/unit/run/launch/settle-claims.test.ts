import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { settleClaims } from "../../../../helpers/run/launch/settle-claims.ts";
import { planOf } from "../plan/plan-of.ts";

const [web, other] = [parseSandboxName("web"), parseSandboxName("other")];

/** Runs it on a host where the claim is taken this many times; resolves to what it did. */
async function settle(
  times: number,
  readPlan = () => Promise.resolve(planOf()),
  claim = "ids-0:1048576:65536",
): Promise<readonly string[]> {
  const done: string[] = [];
  let left = times;
  await settleClaims(web, readPlan, {
    claim: () => Promise.resolve(left-- > 0 ? { claim, holder: other } : undefined),
    prepareAnew: (name) => {
      done.push(`prepare ${name}`);
      return Promise.resolve();
    },
    warn: (text) => done.push(text),
  });
  return done;
}

test("what is free is taken without a word", async () => {
  assert.deepEqual(await settle(0), []);
});

test("if another runs with it, the sandbox is prepared again, and that is told", async () => {
  assert.deepEqual(await settle(1), [
    "ids 0:1048576:65536 of web: sandbox other runs with that. Preparing web again",
    "prepare web",
  ]);
});

test("it gives up if that does not help, or if the steps before the start refuse", async () => {
  await assert.rejects(settle(9), { message: /sandbox other runs with that$/, hint: /HostIds= and Level=/ });
  await assert.rejects(
    settle(9, () => Promise.reject(new Error("HostIds=1048576: sandbox other has one of these ids"))),
    /HostIds=1048576/,
  );
});

test("for the address of a link there may be too few in the range", async () => {
  await assert.rejects(settle(9, undefined, "link-198.18.0.66"), {
    message: "link 198.18.0.66 of web: sandbox other runs with that",
    hint: "Stop it, or choose a larger LinkRange=",
  });
});
