import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const { deleteAfter, make, makeSleeper, assertNothingOf } = useSandboxes(bed);

const script = (text: string): readonly string[] => ["--", "/bin/sh", "-c", text];
// It prints what it is given, each time that it is asked to.
const showing = 'show() { cat "$CREDENTIALS_DIRECTORY/token"; }; trap show HUP; show; while :; do sleep 0.1; done';

/** Writes a file of root that goes with the test. */
async function writeSecret(context: TestContext, path: string, text: string): Promise<void> {
  context.after(() => bed.run("rm", "-f", path));
  await bed.feed(text, "sh", "-c", 'umask 077; mkdir -p "${0%/*}"; cat >"$0.new"; mv "$0.new" "$0"', path);
}

/** Writes a unit of the host that goes with the test. */
async function writeUnit(context: TestContext, name: string, lines: string): Promise<void> {
  const path = `/etc/systemd/system/${name}`;
  context.after(() => bed.run("sh", "-c", `rm -f ${path}; systemctl daemon-reload`));
  await bed.feed(`[Service]\nType=exec\n${lines}\n`, "sh", "-c", `cat >${path}`);
  await bed.run("systemctl", "daemon-reload");
}

const journal = (name: string): Promise<string> => bed.journal("--unit", `sandbox@${name}.service`);
const said = async (name: string, text: string): Promise<void> =>
  eventually(async () => {
    assert.match(await journal(name), new RegExp(`^${text}$`, "m"));
  });

test("a service of systemd inside is given a credential, and nobody else: not its neighbours, not another user", async (context) => {
  await writeSecret(context, "/root/credentials/token", "s3cret-of-unit");
  await writeUnit(context, "given.service", "User=www-data\nExecStart=/usr/bin/sleep infinity");
  await make(context, "given", "--unit", "given.service", "--credential", "token=/root/credentials/token", "--start");
  await makeSleeper(context, "neighbour", "--start");
  const own = "/run/credentials/given.service/token";
  const as = async (user: string, path: string) =>
    inside("given", `setpriv --reuid=${user} --clear-groups cat ${path}`);
  assert.equal((await as("www-data", own)).stdout, "s3cret-of-unit");
  for (const path of [own, "/run/host/credentials/token"])
    assert.match((await as("nobody", path)).stderr, /Permission denied/, path);
  assert.match((await as("www-data", "/run/host/credentials/token")).stderr, /Permission denied/);
  assert.match(
    (await inside("given", `echo x >${own}; echo x >/run/host/credentials/token`)).stderr,
    /Read-only.*Read-only/s,
  );
  // Any other unit inside may ask for it.
  const asks = "systemd-run --quiet --pipe --wait --property=LoadCredential=token cat /run/credentials/$U/token";
  assert.equal(
    (await inside("given", `U=asks.service; ${asks.replace("--quiet", "--quiet --unit=$U")}`)).stdout,
    "s3cret-of-unit",
  );
  assert.equal((await inside("neighbour", "grep -rsl s3cret-of-unit /run; true")).stdout, "");
  // It is in memory only, and no user of the host gets there.
  assert.equal(
    await bed.run("sh", "-c", "grep -rsl s3cret-of-unit /var/lib/sandboxcontainer/given /run/systemd; true"),
    "",
  );
  assert.notEqual(
    (await bed.try("setpriv", "--reuid=nobody", "--clear-groups", "ls", "/run/sandboxcontainer/given")).status,
    0,
  );
  assert.doesNotMatch(await journal("given"), /s3cret/);
  await bed.run("systemctl", "stop", "sandbox@given");
  assert.equal(await bed.run("sh", "-c", "grep -c /sandboxcontainer/given /proc/self/mountinfo; true"), "0");
  await bed.run("sandboxcontainer", "delete", "--force", "given");
  await assertNothingOf("given");
});

test("a command is given it too, as the user that it runs as, and a reload gives it the changed one", async (context) => {
  await writeSecret(context, "/root/credentials/token", "first\n");
  const options = ["--credential", "token=/root/credentials/token", "--uid", "www-data", "--start"];
  await make(context, "shows", ...options, ...script(showing));
  await said("shows", "first");
  assert.match(
    (await inside("shows", "setpriv --reuid=nobody --clear-groups cat /run/host/credentials/token")).stderr,
    /denied/,
  );
  await writeSecret(context, "/root/credentials/token", "second\n");
  await bed.run("systemctl", "reload", "sandbox@shows");
  await said("shows", "second");
  // What cannot be read again stays as it was, and the reload fails.
  await bed.run("rm", "/root/credentials/token");
  const { status, stderr } = await command("reload", "shows");
  assert.equal(status, 1);
  assert.match(stderr, /there is no file for the credential token: \/root\/credentials\/token/);
  assert.match((await inside("shows", "cat /run/host/credentials/token")).stdout, /second/);
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@shows"), "active");
});

test("a reload gives a service of systemd inside the changed ones, before the service is asked to read them", async (context) => {
  await writeSecret(context, "/root/credentials/token", "first");
  const path = "/run/credentials/reloads.service/token";
  await writeUnit(
    context,
    "reloads.service",
    `ExecStart=/bin/sh -c 'cp ${path} /run/seen; exec sleep infinity'\nExecReload=/usr/bin/cp ${path} /run/seen`,
  );
  const odd = "other.a-name%n";
  await writeSecret(context, `/etc/credstore/${odd}`, "one");
  const options = ["--credential", "token=/root/credentials/token", "--set", "Service.ImportCredential=other.*"];
  await make(context, "reloads", "--unit", "reloads.service", ...options, "--start");
  const readOdd = `cat '/run/credentials/reloads.service/${odd}'`;
  assert.equal((await inside("reloads", `cat /run/seen; ${readOdd}`)).stdout, "firstone");
  await writeSecret(context, "/root/credentials/token", "second");
  await writeSecret(context, `/etc/credstore/${odd}`, "two");
  await bed.run("systemctl", "reload", "sandbox@reloads");
  assert.equal((await inside("reloads", `cat /run/seen; ${readOdd}`)).stdout, "secondtwo");
  const found = await inside("reloads", `stat -c %a ${path}; echo x >${path}; systemctl --failed --no-legend`);
  assert.match(found.stdout, /^400\n$/);
  assert.match(found.stderr, /Read-only/);
});

test("systemd on the host decrypts one, and one that this host cannot decrypt is named", async (context) => {
  context.after(() => bed.run("rm", "-f", "/root/token.cred"));
  await bed.feed("s3cret-inside\n", "systemd-creds", "encrypt", "--name=token", "-", "/root/token.cred");
  const encrypted = ["--set", "Service.LoadCredentialEncrypted=token:/root/token.cred"];
  await make(context, "encrypted", ...encrypted, "--start", ...script(showing));
  await said("encrypted", "s3cret-inside");
  await bed.run("systemctl", "stop", "sandbox@encrypted");
  await bed.feed("d29ybGQK", "sh", "-c", "cat >/root/token.cred");
  const failed = await command("start", "encrypted");
  oneLine(
    failed,
    1,
    /cannot start encrypted: the credential token cannot be decrypted on this host: .* systemd-creds encrypt --name=token/,
  );
  assert.match((await command("show", "encrypted")).stdout, /cannot be decrypted on this host/);
});

test("those of the host's credential store are imported by their names", async (context) => {
  await writeSecret(context, "/etc/credstore/web.user", "alice");
  await writeSecret(context, "/etc/credstore/web.pass word%n", "secret");
  await writeSecret(context, "/etc/credstore/db.user", "bob");
  const list =
    'cd "$CREDENTIALS_DIRECTORY"; for each in *; do echo "<$each> $(cat "$each")"; done; exec sleep infinity';
  await make(context, "imports", "--set", "Service.ImportCredential=web.*", "--start", ...script(list));
  await said("imports", "<web.user> alice");
  await said("imports", "<web.pass word%n> secret");
  assert.doesNotMatch(await journal("imports"), /bob/);
});

test("a credential that is missing or too large is told by name, before and at a start", async (context) => {
  deleteAfter(context, "misses");
  oneLine(
    await command("create", "misses", "--credential", "token=/root/none", "--", "/usr/bin/true"),
    2,
    /--credential="token=\/root\/none": \/root\/none does not exist\. Write the secret into it first, with mode 0600/,
  );
  await assertNothingOf("misses");
  const created = await command(
    "create",
    "misses",
    "--set",
    "Service.LoadCredential=token:/root/none",
    ...script(showing),
  );
  assert.match(created.stderr, /there is no file for the credential token: \/root\/none/);
  oneLine(
    await command("start", "misses"),
    1,
    /cannot start misses: there is no file for the credential token: \/root\/none/,
  );
  await bed.run("systemctl", "reset-failed", "sandbox@misses");
  context.after(() => bed.run("rm", "-f", "/root/large"));
  await bed.run("truncate", "--size=1200000", "/root/large");
  await bed.run("chmod", "600", "/root/large");
  await command("set", "misses", "Service.LoadCredential=", "Service.LoadCredential=token:/root/large");
  oneLine(
    await command("start", "misses"),
    1,
    /the credential token is too large: \/root\/large has 1\.1 MiB, .* at most 1\.0 MiB/,
  );
  await bed.run("systemctl", "reset-failed", "sandbox@misses");
  await bed.feed("small\n", "sh", "-c", "cat >/root/large");
  await bed.run("sandboxcontainer", "start", "misses");
  await said("misses", "small");
});

test("one that changes while the sandbox starts is the old or the new one, whole", async (context) => {
  await writeSecret(context, "/root/credentials/token", `${"a".repeat(4095)}\n`);
  const change = `cd /root/credentials; while :; do for c in a b; do head -c 4095 /dev/zero | tr '\\0' $c >new; echo >>new; chmod 600 new; mv new token; done; done`;
  await bed.run("systemd-run", "--quiet", "--unit=changes", "sh", "-c", change);
  context.after(() => bed.run("sh", "-c", "systemctl stop changes; rm -rf /root/credentials"));
  await make(
    context,
    "changing",
    "--credential",
    "token=/root/credentials/token",
    ...script("trap : HUP; while :; do sleep 0.1; done"),
  );
  const count = "tr -d '\\n' </run/host/credentials/token | fold -w1 | sort | uniq -c";
  const assertWhole = async (): Promise<void> => {
    const { stdout, stderr } = await inside("changing", count);
    assert.match(stdout, /^ *4095 [ab]\n$/, stderr);
  };
  for (let round = 0; round < 5; round++) {
    await bed.run("systemctl", "restart", "sandbox@changing");
    await assertWhole();
    await bed.run("systemctl", "reload", "sandbox@changing");
    await assertWhole();
  }
});

test("a secret in a conf is warned of, and neither shown nor exported", async (context) => {
  const line = "Service.SetCredential=token:s3cret-of-conf";
  deleteAfter(context, "open", "taken");
  const created = await command("create", "open", "--set", line, ...script(showing));
  assert.equal(created.status, 0);
  assert.match(created.stderr, /SetCredential=token: everybody on this host can read its text/);
  assert.match((await command("verify", "open")).stdout, /open\.conf:\d+: SetCredential=token: everybody/);
  for (const words of [
    ["show", "open"],
    ["show", "open", "--json"],
    ["settings", "open"],
    ["settings", "open", "--json"],
    ["events", "open"],
  ]) {
    const { stdout, stderr } = await command(...words);
    assert.doesNotMatch(stdout + stderr, /s3cret/, words.join(" "));
  }
  context.after(() => bed.run("rm", "-f", "/root/open.tar.zst", "/etc/credstore/token"));
  const exported = await command("export", "open", "/root/open.tar.zst");
  assert.match(exported.stderr, /these credentials are not in the archive: token\. .* \/etc\/credstore\/NAME/);
  assert.equal(await bed.run("sh", "-c", "zstd -dcq /root/open.tar.zst | grep -c s3cret; true"), "0");
  await bed.run("sandboxcontainer", "import", "/root/open.tar.zst", "taken");
  await writeSecret(context, "/etc/credstore/token", "s3cret-of-store\n");
  await bed.run("sandboxcontainer", "start", "taken");
  await said("taken", "s3cret-of-store");
});

test("a change of credentials is in effect at the next start, and a running sandbox says so", async (context) => {
  await writeSecret(context, "/root/credentials/token", "late\n");
  await make(context, "later", "--start", ...script('cat "$CREDENTIALS_DIRECTORY/token" || true; exec sleep infinity'));
  const set = await command("set", "later", "Service.LoadCredential=token:/root/credentials/token");
  assert.match(set.stdout, /Needs a restart: LoadCredential=/);
  const reloaded = await command("reload", "later");
  assert.equal(reloaded.status, 0, reloaded.stderr);
  await bed.run("systemctl", "restart", "sandbox@later");
  await said("later", "late");
  const unset = await command("set", "later", "Service.LoadCredential=");
  assert.match(unset.stdout, /Needs a restart/);
  await bed.run("systemctl", "restart", "sandbox@later");
  assert.equal((await inside("later", "ls -d /run/host/credentials; true")).stdout, "");
});

test("credentials from a drop-in of the unit are told that they do not reach the inside", async (context) => {
  await writeSecret(context, "/root/credentials/token", "x");
  await makeSleeper(context, "dropped");
  const folder = "/etc/systemd/system/sandbox@dropped.service.d";
  context.after(() => bed.run("sh", "-c", `rm -rf ${folder}; systemctl daemon-reload`));
  const lines = "[Service]\nLoadCredential=token:/root/credentials/token\n";
  await bed.feed(lines, "sh", "-c", `mkdir -p ${folder}; cat >${folder}/own.conf; systemctl daemon-reload`);
  await bed.run("systemctl", "start", "sandbox@dropped");
  await said("dropped", "credentials from a drop-in of the unit do not reach the inside: .*");
});
