import assert from "node:assert/strict";
import { test } from "node:test";
import { explainCredentials, hasFailedCredentials } from "../../../helpers/command/explain-credentials.ts";
import { confOf } from "../conf/conf-of.ts";

const conf = (lines: string) => confOf(`[Sandbox]\nExec=/usr/bin/true\n[Service]\n${lines}\n`);

test("a start that systemd ended for want of credentials is one, whatever the unit said before", () => {
  assert.equal(hasFailedCredentials({ ActiveState: "failed", ExecMainStatus: 243 }), true);
  assert.equal(hasFailedCredentials({ ActiveState: "failed", ExecMainStatus: 1 }), false);
  assert.equal(hasFailedCredentials({ ActiveState: "active", ExecMainStatus: 243 }), false);
});

test("the first credential that cannot be read is named, with the line to change", async () => {
  const found = await explainCredentials(
    conf("SetCredential=a:b\nLoadCredential=token:/none/token\nLoadCredential=x:/none/x"),
  );
  assert.deepEqual(found, {
    text: "there is no file for the credential token: /none/token",
    hint: "Write that file, or change /etc/sandboxcontainer/web.conf:5",
  });
});

test("without one there is nothing to say", async () => {
  assert.equal(await explainCredentials(conf("ImportCredential=web.*\nLoadCredential=token")), undefined);
});
