import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { describeFailed, judgePackages } from "../../../../helpers/run/configure/configure-sandbox.ts";

test("a package is done when the container says so, and for whom else it speaks does not count", () => {
  assert.deepEqual(judgePackages(["a", "b:amd64"], "ok a\nok b:amd64\nok c\n"), { done: ["a", "b:amd64"], failed: [] });
  assert.deepEqual(judgePackages(["a"], "ok a b\n ok a\nfailed 1 b\n").failed, [{ name: "a", status: undefined }]);
});

test("a package fails with the first status that is told of it, or with none", () => {
  const said = "failed x a\nfailed 3 a\nfailed 4 a\nok c\n";
  assert.deepEqual(judgePackages(["a", "b", "c"], said), {
    done: ["c"],
    failed: [
      { name: "a", status: "3" },
      { name: "b", status: undefined },
    ],
  });
  assert.equal(judgePackages(["a"], "").failed.length, 1);
});

test("each package that failed has a line with its status", () => {
  const failed = judgePackages(["a", "b"], "failed 3 a\n").failed;
  const lines = describeError(describeFailed(parseSandboxName("web1"), failed)).split("\n");
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /^a could not be configured in web1: its script ended with status 3 \(.*create --copy$/);
  assert.match(lines[1] ?? "", /^b could not be configured in web1: its script did not run to its end \(/);
});
