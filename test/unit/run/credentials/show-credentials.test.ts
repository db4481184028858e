import assert from "node:assert/strict";
import { test } from "node:test";
import { renderInsideCredentials } from "../../../../helpers/run/credentials/show-credentials.ts";

test("a unit inside loads each by its name, but not one with which it would not start", () => {
  assert.equal(
    renderInsideCredentials(["token", String.raw`a\b`, "%n", "web.pass word"]),
    String.raw`[Service]
LoadCredential=token
LoadCredential=%%n
`,
  );
});
