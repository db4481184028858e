import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialLines, hasCredentials, hideSecret, isCredentialName } from "../../../conf/credentials.ts";
import { confOf, mergeText } from "./conf-of.ts";

const text = (lines: string) => `[Sandbox]\nExec=/usr/bin/true\n[Service]\n${lines}\n`;
const valuesOf = (lines: string) => credentialLines(confOf(text(lines))).map(({ key, value }) => `${key}=${value}`);

test("an empty value takes back the earlier lines of its kind, encrypted or not", () => {
  assert.deepEqual(
    valuesOf(
      "LoadCredential=a:/a\nSetCredential=b:x\nLoadCredentialEncrypted=c:/c\nLoadCredential=\nLoadCredential=d:/d\nImportCredential=e.*",
    ),
    ["SetCredential=b:x", "LoadCredential=d:/d", "ImportCredential=e.*"],
  );
  assert.equal(hasCredentials(confOf(text("SetCredentialEncrypted=a:x\nSetCredential="))), false);
});

test("only a secret in the line itself is hidden", () => {
  assert.equal(hideSecret({ key: "SetCredential", value: "a:s:t" }).value, "a:…");
  assert.equal(hideSecret({ key: "SetCredential", value: "" }).value, "");
  assert.equal(hideSecret({ key: "LoadCredential", value: "a:/etc/a" }).value, "a:/etc/a");
});

test("what was shown in place of a secret cannot be written back", () => {
  const [error, ...more] = mergeText(text("SetCredential=a:…")).errors;
  assert.deepEqual([error?.line, more.length], [4, 0]);
  assert.match(error?.message ?? "", /:4: SetCredential=a:… has no text/);
  assert.deepEqual(mergeText(text("SetCredential=a:…\nSetCredential=\nSetCredential=a:text…")).errors, []);
});

test("a name of a credential is what systemd takes for one", () => {
  for (const name of ["token", "a%b", "db.password", "-x"]) assert.equal(isCredentialName(name), true, name);
  for (const name of ["", ".", "..", "a/b", "a:b", "a b", String.raw`a\b`, "ä", "a\tb", "x".repeat(256)])
    assert.equal(isCredentialName(name), false, name);
});

test("a blank and a backslash in a name are refused, because a start would fail and not say why", () => {
  const [error, ...more] = mergeText(text("LoadCredential=a b:/etc/a\nImportCredential=c d*")).errors;
  assert.match(
    error?.message ?? "",
    /:4: systemd does not pass on a credential with a blank or a backslash in its name: a b/,
  );
  assert.equal(more.length, 0);
});
