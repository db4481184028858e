import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const ask = (...words: readonly string[]) => bed.try("sandboxcontainer", ...words);
const { make } = useSandboxes(bed);
const inside = (name: string, script: string) => bed.run("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const hostFile = "/etc/apache2/envvars";

/** Makes a running sandbox for one test, and changes a file of its configuration on both sides until the test ends. */
async function makeChanged(t: TestContext, name: string): Promise<void> {
  await make(t, name, "--unit", "apache2", "--start");
  t.after(() => bed.run("mv", "/root/envvars.kept", hostFile));
  await bed.run("cp", "-a", hostFile, "/root/envvars.kept");
  await inside(name, `echo '# inside' >> ${hostFile}`);
  await bed.run("sh", "-c", `echo '# of the host' >> ${hostFile}`);
}

// Several tests ask about this one, and none changes it.
before(async () => {
  await bed.run("sandboxcontainer", "create", "told", "--unit", "apache2", "--publish", "8099:80");
});

after(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "told");
});

test("a dry run shows the conf and the manifest that create then makes, and writes nothing", async (t) => {
  const options = ["--unit", "apache2", "--publish", "8098:80"];
  const list = (): Promise<string> => bed.run("find", "/etc/sandboxcontainer", "/var/lib", "-newer", "/run/before");
  await bed.run("touch", "/run/before");
  const shown = await bed.run("sandboxcontainer", "create", "tried", ...options, "--dry-run", "--json");
  assert.match(
    await bed.run("sandboxcontainer", "create", "tried", ...options, "--dry-run"),
    /^\d+ entries from \d+ packages\. Nothing/m,
  );
  assert.doesNotMatch(await list(), /sandboxcontainer/);
  const plan = JSON.parse(shown) as { text: string; entries: readonly { path: string }[] };
  await make(t, "tried", ...options);
  assert.equal(`${await bed.run("cat", "/etc/sandboxcontainer/tried.conf")}\n`, plan.text);
  const manifest = JSON.parse(await bed.run("cat", "/var/lib/sandboxcontainer/tried/manifest.json")) as typeof plan;
  assert.deepEqual(
    plan.entries.map(({ path }) => path),
    manifest.entries.map(({ path }) => path),
  );
});

test("a dry run of what cannot be made fails as create would", async () => {
  assert.match((await ask("create", "told", "--unit", "apache2", "--dry-run")).stderr, /the name told is taken/);
  assert.match((await ask("create", "new", "--unit", "apach", "--dry-run")).stderr, /no unit apach/);
  assert.match(
    (await ask("create", "new", "--unit", "apache2", "--publish", "8099:80", "--dry-run")).stderr,
    /port 8099/,
  );
});

test("why tells the reason, the source, and what changed since on either side", async (t) => {
  assert.match(
    (await ask("why", "told", hostFile)).stdout,
    /because: package apache2 lists it\n.*the host's .*envvars\n.*unchanged\n.*has the same/,
  );
  await makeChanged(t, "reasons");
  const { stdout } = await ask("why", "reasons", hostFile, "--json");
  const { inside: own, host } = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  const changed = { state: "changed", aspects: ["content"] };
  assert.deepEqual([own, host], [changed, changed]);
});

test("why tells who owns a path that is not inside, and the nearest that is", async () => {
  const { stdout } = await ask("why", "told", "/etc/nginx/nginx.conf");
  assert.match(stdout, /not in the root\n.*package nginx-common owns it, but told does not have that package/);
  assert.match((await ask("why", "told", "/etc/apache2/port.conf")).stdout, /nearest: \/etc\/apache2\/ports\.conf/);
});

test("diff tells each difference once, hangs at nothing, and prints no control character", async (t) => {
  await makeChanged(t, "differs");
  await inside(
    "differs",
    `printf '\\033[31mred\\n' > /etc/apache2/red.conf; mkfifo /etc/apache2/fifo; truncate -s 1T /etc/apache2/big
     rm /etc/hostname /etc/debian_version; ln -s /etc/shadow /etc/hostname; touch "/etc/$(printf 'a\\033b')"`,
  );
  const { stdout } = await ask("diff", "differs", "/etc", "--text");
  assert.match(stdout, /^\/etc\/apache2\/envvars: inside changed \(content\), on the host changed \(content\)$/m);
  assert.match(stdout, /^\+# inside$/m);
  assert.match(stdout, /^\+\\u\{1b\}\[31mred$/m);
  assert.match(stdout, /^\/etc\/a\\u\{1b\}b: inside added \(file\)$/m);
  assert.match(stdout, /^\/etc\/apache2\/fifo: inside added \(other\)$/m);
  assert.match(stdout, /^\/etc\/apache2\/big: inside added \(file\)\n\(not text, or too large to show\)$/m);
  assert.match(stdout, /^\/etc\/hostname: inside changed \(kind\)$/m);
  assert.match(stdout, /^\/etc\/debian_version: inside missing, on the host same$/m);
  assert.doesNotMatch(stdout, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
});

// 25 of the 30 lines of a fresh sandbox were such.
test("diff counts what is in every sandbox, and shows it last and on request", async (t) => {
  await make(t, "plain", "--unit", "apache2", "--start");
  await inside("plain", "echo x >/srv/mine");
  const { stdout } = await ask("diff", "plain");
  assert.match(stdout, / \/srv\/mine\n/);
  assert.doesNotMatch(stdout, /\/\.updated|\/var\/lib\/(containers|dpkg|machines|private)$/m);
  const count = Number(/^(\d+) more paths appear in every sandbox/m.exec(stdout)?.[1]);
  const all = (await ask("diff", "plain", "--all")).stdout.trimEnd().split("\n");
  assert.equal(all.length, stdout.trimEnd().split("\n").length - 1 + count);
  assert.match(all.slice(-count).join("\n"), /\/var\/lib\/machines/);
  assert.ok(!all.slice(-count).some((line) => line.endsWith(" /srv/mine")));
  const marked = JSON.parse((await ask("diff", "plain", "--json")).stdout) as readonly {
    path: string;
    routine: boolean;
  }[];
  assert.equal(marked.filter(({ routine }) => routine).length, count);
});

test("files lists a folder, running, stopped and in an image, and follows no link", async (t) => {
  await make(t, "listed", "--unit", "apache2", "--imagesize", "256M", "--mount", "ram:/srv/memory=1M", "--start");
  await inside(
    "listed",
    `cd /etc/apache2; echo '# inside' >> envvars; rm magic; chown 33:4 ports.conf; ln -s /etc/shadow shadow
     touch "$(printf 'a\\033b')"; cd /srv; ln -s /etc host; mkfifo fifo; touch memory/hidden`,
  );
  const list = async (): Promise<string> => (await ask("files", "listed", "/etc/apache2")).stdout;
  const running = await list();
  assert.match(running, /^file +0644 +0:0 +1\.. KiB +changed +package apache2 lists it +envvars$/m);
  assert.match(running, /^file +0644 +33:4 +.* +changed +.* ports\.conf$/m);
  assert.match(running, /^file +0644 +0:0 +[\d.]+ KiB +missing +.* magic$/m);
  assert.match(running, /^link +0777 +0:0 +- +added +- +shadow -> \/etc\/shadow$/m);
  assert.match(running, /^file +0644 +0:0 +0 B +added +- +a\\u\{1b\}b$/m);
  assert.match(running, /^directory +0755 +0:0 +- +same +.* mods-available$/m);
  const mounted = await ask("files", "listed", "/srv/memory");
  assert.deepEqual([mounted.status, mounted.stdout], [0, ""]);
  assert.match(mounted.stderr, /Mount= of its conf mounts something else on \/srv\/memory/);
  await bed.run("systemctl", "stop", "sandbox@listed");
  assert.equal(await list(), running);
  await bed.run("sh", "-c", "umount /var/lib/sandboxcontainer/listed/image");
  assert.equal(await list(), running);
  const refused: readonly (readonly [string, RegExp])[] = [
    ["/srv/host", /^\/srv\/host leads through a link: \/srv\/host is a link to "\/etc"\. List /],
    ["/srv/host/apache2", /leads through a link: \/srv\/host is/],
    ["/srv/fifo", /^\/srv\/fifo is a fifo, socket or device, not a folder/],
    ["/etc/apache2/envvars", /is a file, not a folder\. See `sandboxcontainer why listed \/etc\/apache2\/envvars`/],
    ["/etc/apache", /^there is no folder \/etc\/apache in the root of listed\. Did you mean `\/etc\/apache2`\?$/m],
    ["/usr/bin", /^there is no folder .*\. \/usr is the host's own, read-only$/m],
    [`/${"n".repeat(256)}`, /a name in that path has more than 255 bytes/],
  ];
  for (const [path, message] of refused) {
    const { status, stdout, stderr } = await ask("files", "listed", path);
    assert.deepEqual([status, stdout], [path.length > 255 ? 2 : 1, ""], path);
    assert.match(stderr, message);
  }
});

test("what cannot be answered says so, and what was perhaps meant", async () => {
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["why", "tolt", "/etc"], 1, /no sandbox tolt\. Did you mean `told`/],
    [["why", "told", "etc/passwd"], 2, /is not an absolute path/],
    [["diff", "told", "/var/lib/sandboxcontainer/told/root/etc"], 2, /as the sandbox sees it: \/etc$/m],
    [["diff", "told", "/etc/apache2/ports.cnof"], 1, /Did you mean `\/etc\/apache2\/ports\.conf`/],
    [["diff"], 2, /missing required argument/],
  ];
  for (const [words, status, message] of cases) {
    const ran = await ask(...words);
    assert.equal(ran.status, status, words.join(" "));
    assert.match(ran.stderr, message);
  }
});

test("a manifest that is damaged or missing is told with what to do", async (t) => {
  await make(t, "damaged", "--unit", "apache2");
  const file = "/var/lib/sandboxcontainer/damaged/manifest.json";
  await bed.run("truncate", "-s", "1000", file);
  assert.match((await ask("why", "damaged", "/etc")).stderr, /manifest\.json is damaged\. Restore it/);
  await bed.run("rm", file);
  assert.match(
    (await ask("diff", "damaged")).stderr,
    /has no root yet\. Make it: systemctl start sandbox-root@damaged/,
  );
});
