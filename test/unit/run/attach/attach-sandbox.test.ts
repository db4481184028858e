import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { type AttachHost, attachSandbox } from "../../../../helpers/run/attach/attach-sandbox.ts";
import type { StartPlan } from "../../../../helpers/run/plan/start-plan.ts";
import { planOf } from "../plan/plan-of.ts";

const name = parseSandboxName("web1");

/** Returns the steps of attach; `change` replaces some of them. */
async function attaching(
  change: Partial<AttachHost> = {},
  planned: Partial<StartPlan> = {},
): Promise<{ done: string[]; error: unknown }> {
  const done: string[] = [];
  const step = (text: string): Promise<void> => Promise.resolve(void done.push(text));
  const host: AttachHost = {
    readOptions: () => ({ owner: 65536, ids: undefined, context: undefined }),
    isLeft: () => false,
    detach: () => step("detach"),
    makeFolders: (_, owner) => done.push(`folders of ${owner}`),
    mountLayers: (_, { owner }) => done.push(`layers of ${owner}`),
    fillRun: () => done.push("fill"),
    fillCredentials: (_, { credentials: { user } }) => done.push(`credentials of ${user}`),
    mountSources: (_, sources) => step(`sources ${sources.length}`),
    requireTargets: () => done.push("targets"),
    ...change,
  };
  const plan = planOf({ sources: [{ kind: "folder", path: "/srv/a", allowsSetId: false }], ...planned });
  const error: unknown = await attachSandbox(name, plan, undefined, host).catch((reason: unknown) => reason);
  return { error, done };
}

const usual = ["folders of 65536", "layers of 65536", "fill", "sources 1", "targets"];

test("a container's layers are mounted, its /run is filled, then comes Mount=, and last the places for all of them", async () => {
  assert.deepEqual(await attaching(), { done: usual, error: undefined });
});

test("credentials come after the layers, and only if there are some", async () => {
  const { done } = await attaching({}, { credentials: { user: "www-data" } });
  assert.deepEqual(done, usual.toSpliced(3, 0, "credentials of www-data"));
});

test("what a start left that nobody stopped is taken down first", async () => {
  assert.deepEqual((await attaching({ isLeft: () => true })).done, ["detach", ...usual]);
});

test("nothing is done after a step that failed, nor without ids and a label", async () => {
  const failed = new SandboxError("mount: no");
  const without = await attaching({
    mountLayers: () => {
      throw failed;
    },
  });
  assert.deepEqual(without, { done: usual.slice(0, 1), error: failed });
  const unread = await attaching({
    isLeft: () => true,
    readOptions: () => {
      throw failed;
    },
  });
  assert.deepEqual(unread, { done: [], error: failed });
});
