import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError } from "../../../base/errors.ts";
import { buildProgram } from "../../../helpers/command/program.ts";
import { lineFor, verbsOfSandboxes } from "../../line-for.ts";

const refusal = async (...words: readonly string[]): Promise<string> => {
  try {
    await buildProgram().parseAsync(words, { from: "user" });
  } catch (error) {
    return describeError(error);
  }
  return "";
};

test("every verb that is about a sandbox refuses what is no name", async () => {
  assert.ok(verbsOfSandboxes.length > 30);
  for (const verb of verbsOfSandboxes)
    assert.match(await refusal(...lineFor(verb, "a b")), /^`a b` is not a valid sandbox name\. /, verb);
});

test("wrong usage is told in a line, with what may have been meant and where to read on", async () => {
  const general = "See `sandboxcontainer --help`";
  assert.equal(await refusal("strat", "web"), `unknown command \`strat\`. Did you mean \`start\`? ${general}`);
  assert.equal(await refusal("frobnicate"), `unknown command \`frobnicate\`. ${general}`);
  assert.match(await refusal("stat"), /^unknown command `stat`\. Did you mean `start` or `stats`\? See /);
  assert.equal(
    await refusal("list", "--jsn"),
    "unknown option `--jsn`. Did you mean `--json`? See `sandboxcontainer list --help`",
  );
  assert.equal(
    await refusal("create", "web", "--unit"),
    "option `-u, --unit <unit>` argument missing. See `sandboxcontainer create --help`",
  );
  assert.equal(
    await refusal("list", "web"),
    "too many arguments for `list`. Expected 0 arguments but got 1: web. See `sandboxcontainer list --help`",
  );
  assert.equal(await refusal("delete"), "missing required argument `name`. See `sandboxcontainer delete --help`");
});

test("no help shows the inside of an option", () => {
  for (const command of buildProgram().commands)
    assert.doesNotMatch(command.helpInformation(), /\(default: /, command.name());
});
