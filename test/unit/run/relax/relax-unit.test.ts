import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { findCleared, relaxUnit, type Try } from "../../../../helpers/run/relax/relax-unit.ts";
import { formatSetting, isClearable } from "../../../../helpers/run/relax/service-settings.ts";

const setting = (line: string) => ({ key: line.replace(/=.*/, ""), value: line.replace(/^[^=]*=/, "") });
const settings = (...lines: readonly string[]) => lines.map(setting);

/** Fakes a systemd where these lines fail, unless a later line of the key sets one of its neutral values. */
const failOn =
  (broken: Readonly<Record<string, string>>): Try =>
  (units) =>
    units.map((lines) =>
      lines.every((line, index) => {
        const neutral = broken[line];
        return neutral === undefined || lines.slice(index + 1).includes(`${setting(line).key}=${neutral}`);
      }),
    );

test("what fails alone is turned off by the first value that helps, and nothing else", () => {
  const found = findCleared(
    settings("User=www", "ProtectSystem=strict", "PrivateUsers=yes", "ReadWritePaths=/x", "KeyringMode=private"),
    failOn({ "PrivateUsers=yes": "no", "ReadWritePaths=/x": "", "KeyringMode=private": "inherit" }),
  );
  assert.deepEqual(
    found.map(({ setting, neutral }) => [formatSetting(setting), neutral]),
    [
      ["PrivateUsers=yes", "no"],
      ["ReadWritePaths=/x", ""],
      ["KeyringMode=private", "inherit"],
    ],
  );
});

test("nothing is turned off where the unit's user alone fails, nor what nothing turns off", () => {
  assert.deepEqual(
    findCleared(settings("User=nobody-here", "PrivateTmp=yes"), (units) => units.map(() => false)),
    [],
  );
  assert.deepEqual(findCleared(settings("PrivateTmp=yes"), failOn({ "PrivateTmp=yes": "never" })), []);
});

test("who a service is and what it works with is never turned off, whatever takes something away may be", () => {
  for (const line of [
    "User=a",
    "DynamicUser=yes",
    "StateDirectory=a",
    "ExecStart=/a",
    "Environment=A=b",
    "Type=notify",
  ]) {
    assert.equal(isClearable(setting(line)), false, line);
  }
  for (const line of [
    "ProtectProc=invisible",
    "PrivateDevices=yes",
    "AmbientCapabilities=CAP_SYS_TIME",
    "LoadCredential=a:/b",
  ]) {
    assert.equal(isClearable(setting(line)), true, line);
  }
});

test("the drop-in says what was there, keeps the lines that work, and is written once", () => {
  const etc = mkdtempSync(join(tmpdir(), "etc-"));
  try {
    const text = "[Service]\nReadOnlyPaths=/a\nReadOnlyPaths=/b\nPrivateUsers=yes\n";
    const attempt = failOn({ "ReadOnlyPaths=/a": "", "PrivateUsers=yes": "no" });
    assert.equal(relaxUnit("x.service", text, attempt, etc).length, 2);
    assert.equal(
      readFileSync(join(etc, "systemd/system/x.service.d/zz-sandboxcontainer-cleared.conf"), "utf8"),
      [
        "# Settings of x.service that cannot work in this sandbox, found by trying each alone. Remove this file to have them tried again.",
        "# was: ReadOnlyPaths=/a",
        "# was: PrivateUsers=yes",
        "[Service]",
        "ReadOnlyPaths=",
        "ReadOnlyPaths=/b",
        "PrivateUsers=no",
        "",
      ].join("\n"),
    );
    assert.deepEqual(relaxUnit("x.service", text, attempt, etc), []);
  } finally {
    rmSync(etc, { recursive: true });
  }
});
