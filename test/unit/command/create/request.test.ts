import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { readRequest } from "../../../../helpers/command/create/request.ts";

const withTimes = (...onCalendar: readonly string[]) =>
  readRequest("tidy", ["/usr/bin/true"], { unit: [], set: [], onCalendar, snapshots: [] }, [
    "create",
    "tidy",
    "--",
    "/usr/bin/true",
  ]);

test("each time of a job is a line of its own", () => {
  assert.deepEqual(
    withTimes("daily", "Mon 04:00").assignments.map(({ section, key, value }) => [section, key, value]),
    [
      ["Timer", "OnCalendar", "daily"],
      ["Timer", "OnCalendar", "Mon 04:00"],
    ],
  );
});

test("a time that is empty, or goes on in another line, is refused: it would clear the others, or write more than a time", () => {
  for (const time of ["", "  ", "daily\nExecStart=/bin/sh"])
    assert.throws(
      () => withTimes("daily", time),
      (error: unknown) =>
        error instanceof SandboxError && error.status === 2 && error.message.startsWith("--on-calendar="),
      JSON.stringify(time),
    );
});
