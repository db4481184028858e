import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOutcomes } from "../../matrix.d/report.ts";

test("a line has the seconds of each step, where it failed, and what was cleared", () => {
  const good = {
    package: "redis-server",
    unit: "redis-server.service",
    passed: true,
    milliseconds: { create: 1234, start: 560, probe: 100, restart: 400, again: 90, stop: 300, delete: 700 },
    failedAt: null,
    message: null,
    cleared: ["redis-server.service: Nice=-5"],
  };
  const bad = {
    ...good,
    package: "tor",
    unit: "tor.service",
    passed: false,
    milliseconds: { create: 900 },
    failedAt: "start",
  };
  assert.equal(
    formatOutcomes([good, { ...bad, cleared: [] }]),
    [
      "PACKAGE       UNIT                  create  start   probe  restart  again  stop  delete  RESULT",
      "redis-server  redis-server.service  1.2     0.6     0.1    0.4      0.1    0.3   0.7     passed, cleared: redis-server.service: Nice=-5",
      "tor           tor.service           0.9     FAILED                                       FAILED",
      "1 of 2 passed",
      "",
    ].join("\n"),
  );
});
