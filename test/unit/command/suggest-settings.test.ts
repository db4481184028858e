import assert from "node:assert/strict";
import { test } from "node:test";
import { failedByItself } from "../../../helpers/command/suggest-settings.ts";

// F9
test("a service failed by itself when launch says so, or when it was ready and the result is another's than the controller's", () => {
  const launched = { Result: "exit-code", ExecMainCode: 1, ExecMainStatus: 1 };
  assert.ok(failedByItself("web", launched, "coturn.service: failed\nthe service of web did not start"));
  assert.ok(!failedByItself("web", launched, "port 80 of this host is in use by nginx (process 5)"));
  assert.ok(!failedByItself("web", launched, "the service of other did not start"));
  const ready = { Result: "exit-code", ExecMainCode: 1, ExecMainStatus: 0 };
  assert.ok(failedByItself("web", ready, ""));
  assert.ok(failedByItself("web", { ...ready, ExecMainCode: 2, ExecMainStatus: 15 }, ""));
  assert.ok(!failedByItself("web", { ...ready, ExecMainCode: 2, ExecMainStatus: 9 }, ""), "the controller was killed");
  assert.ok(!failedByItself("web", { ...ready, Result: "success" }, ""));
  assert.ok(!failedByItself("web", { ...ready, Result: "timeout" }, ""));
  assert.ok(!failedByItself("web", { Result: "exit-code", ExecMainCode: 0, ExecMainStatus: 0 }, ""), "nothing ran");
});
