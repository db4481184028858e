import assert from "node:assert/strict";
import { relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SandboxError } from "../../../../base/errors.ts";
import { type CreateOptions, readRequest } from "../../../../helpers/command/create/request.ts";

const request = (options: Partial<CreateOptions>) =>
  readRequest(
    "tidy",
    ["/usr/bin/true"],
    { unit: [], set: [], onCalendar: [], snapshots: [], credential: [], ...options },
    ["create", "tidy", "--", "/usr/bin/true"],
  );

const withTimes = (...onCalendar: readonly string[]) => request({ onCalendar });

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

test("a credential is a line that systemd reads, with the whole path of its file", () => {
  const file = fileURLToPath(import.meta.url);
  const [line] = request({ credential: [`token=${relative(process.cwd(), file)}`] }).assignments;
  assert.deepEqual([line?.section, line?.key, line?.value], ["Service", "LoadCredential", `token:${file}`]);
});

test("a credential without a file, or with a name that systemd does not take, is refused", () => {
  for (const text of [
    "token",
    "token=",
    "=/etc/passwd",
    "a/b=/etc/passwd",
    "a:b=/etc/passwd",
    "token=/none",
    "token=/etc/passwd\nExecStartPre=/bin/sh",
  ])
    assert.throws(
      () => request({ credential: [text] }),
      (error: unknown) =>
        error instanceof SandboxError && error.status === 2 && error.message.startsWith("--credential="),
      JSON.stringify(text),
    );
});
