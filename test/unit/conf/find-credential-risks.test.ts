import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findCredentialRisks, findSecret } from "../../../conf/find-credential-risks.ts";
import { confOf } from "./conf-of.ts";

const folder = mkdtempSync(join(tmpdir(), "credentials-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const conf = (line: string, exec = "/usr/bin/true") => confOf(`[Sandbox]\nExec=${exec}\n[Service]\n${line}\n`);
const risks = (line: string, exec?: string) => findCredentialRisks(conf(line, exec)).map(({ text }) => text);

function file(name: string, mode: number, size = 3): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, size);
  chmodSync(path, mode);
  return path;
}

test("a credential whose file only root can read is no risk", () => {
  assert.deepEqual(risks(`LoadCredential=token:${file("own", 0o600)}`), []);
  assert.deepEqual(risks(`LoadCredential=token:${file("group", 0o640)}`), []);
});

test("one that everybody can read is, unless it is encrypted", () => {
  const path = file("open", 0o644);
  assert.match(risks(`LoadCredential=token:${path}`)[0] ?? "", /everybody .* may read the credential token: chmod o= /);
  assert.deepEqual(risks(`LoadCredentialEncrypted=token:${path}`), []);
});

test("one that is missing, too large or a folder is named before a start fails", () => {
  assert.match(risks(`LoadCredential=token:${folder}/none`)[0] ?? "", /no file for the credential token: .*none$/);
  const large = file("large", 0o600, 1024 * 1024 + 1);
  assert.match(risks(`LoadCredential=token:${large}`)[0] ?? "", /token is too large: .*large has 1\.0 MiB/);
  mkdirSync(join(folder, "folder"));
  assert.match(risks(`LoadCredential=token:${folder}/folder`)[0] ?? "", /token is a folder/);
});

test("the name of the sandbox is known, other specifiers are not, and a name alone may be in several folders", () => {
  file("web", 0o600);
  assert.deepEqual(risks(`LoadCredential=token:${folder}/%i`), []);
  assert.match(risks(`LoadCredential=token:${folder}/%i%%`)[0] ?? "", /web%$/);
  assert.deepEqual(risks("LoadCredential=token:/etc/%b/none\nLoadCredential=token\nImportCredential=web.*"), []);
});

test("a secret in the conf is one, and the message does not have it", () => {
  const [text = ""] = risks("SetCredential=token:hunter2");
  assert.match(text, /^SetCredential=token: everybody .*systemd-creds encrypt/);
  assert.doesNotMatch(text, /hunter2/);
  assert.deepEqual(risks("SetCredentialEncrypted=token:abc"), []);
  assert.match(risks("ExecStartPre=/usr/bin/curl --token hunter2")[0] ?? "", /^ExecStartPre= .*\(--token\)/);
  assert.match(risks("Restart=no", "/usr/bin/server --password=hunter2")[0] ?? "", /^Exec= .*\(--password\)/);
});

test("what was there before is not told again", () => {
  const before = conf("SetCredential=a:x", "/usr/bin/server --password=hunter2");
  const after = conf("SetCredential=a:x\nSetCredential=b:y", "/usr/bin/server --password=hunter2");
  assert.deepEqual(
    findCredentialRisks(after, before).map(({ text }) => text.slice(0, 16)),
    ["SetCredential=b:"],
  );
});

test("a word looks like a secret by what stands before it, not if it is a file, a variable or another option", () => {
  const secrets = [
    ["--password=hunter2", "--password"],
    ["--db-password hunter2", "--db-password"],
    ["DB_PASSWORD=hunter2", "DB_PASSWORD"],
    ["env 'API_KEY=abc' x", "API_KEY"],
    ["-token=abc", "-token"],
    ["--passphrase 'a b'", "--passphrase"],
    ["postgres://web:hunter2@db/web", "web"],
    ["X-Api-Key:abc", "X-Api-Key"],
  ] as const;
  for (const [text, name] of secrets) assert.equal(findSecret(`/usr/bin/x ${text}`), name, text);
  const others = [
    "--password-file=/etc/web/password",
    "--password=/etc/web/password",
    "--password $PASSWORD",
    "--token=%d/token",
    "--password --verbose",
    "--token-ttl=60",
    "--secret=file:/etc/x",
    "https://db:8080/path@x",
    "--no-password",
    "/usr/bin/password-tool x",
    "--max-tokens=5",
    "monkey=5",
  ];
  for (const text of others) assert.equal(findSecret(`/usr/bin/x ${text}`), undefined, text);
});
