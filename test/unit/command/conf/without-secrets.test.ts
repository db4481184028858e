import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutSecrets } from "../../../../helpers/command/conf/without-secrets.ts";

const head = "[Sandbox]\nExec=/usr/bin/true\n";
const only = (text: string) => withoutSecrets({ text, dropIns: new Map() });

test("a secret in a conf is looked for in the credential store instead, also if it goes on in the next line", () => {
  const { texts, names } = only(
    `${head}[Service]\n# mine\nSetCredential=a:one\\\n  two\nRestart=no\nSetCredential=b:three\n`,
  );
  assert.deepEqual(names, ["a", "b"]);
  assert.doesNotMatch(texts.text, /one|two|three|SetCredential/);
  assert.match(texts.text, /^LoadCredential=a$/m);
  assert.match(texts.text, /^LoadCredential=b$/m);
  assert.match(texts.text, /^# mine$/m);
  assert.match(texts.text, /^Restart=no$/m);
});

test("a file that has it already stays, and so does a text that only this host can read", () => {
  const lines = "[Service]\nLoadCredential=a:/etc/a\nSetCredentialEncrypted=c:\tWhxqht\n";
  const { texts, names } = only(`${head}${lines}SetCredential=a:fallback\n`);
  assert.deepEqual([texts.text, names], [`${head}${lines}`, ["a"]]);
});

test("drop-ins are texts of the conf too, and a conf without secrets stays as it is", () => {
  const dropIns = new Map([["s.conf", "[Service]\nSetCredential=a:x\n"]]);
  const { texts, names } = withoutSecrets({ text: head, dropIns });
  assert.deepEqual([texts.text, names], [head, ["a"]]);
  assert.equal(texts.dropIns.get("s.conf")?.includes("LoadCredential=a\n"), true);
});
