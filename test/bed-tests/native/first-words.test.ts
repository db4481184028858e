import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";

const bed = useBed("native");
const names = ["first1", "first2", "first3", "first4"];
const writeUnit = async (name: string, lines: readonly string[]): Promise<void> => {
  const path = `/etc/systemd/system/${name}.service`;
  assert.equal((await bed.feed(`[Service]\n${lines.join("\n")}\n`, "sh", "-c", 'cat > "$1"', "sh", path)).status, 0);
  await bed.run("systemctl", "daemon-reload");
};
/** Reads the journal of a sandbox since its last start. */
const readStart = async (name: string): Promise<readonly string[]> => {
  const lines = (await bed.journal("-u", `sandbox@${name}`)).split("\n");
  return lines.slice(lines.findLastIndex((line) => line.startsWith(`Starting sandbox@${name}.service`)));
};

before(async () => {
  await writeUnit("first2", ["ExecStart=/usr/bin/sh -c 'echo ready to serve; exec sleep infinity'"]);
});

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("sh", "-c", "rm -f /etc/systemd/system/first[234].service; systemctl daemon-reload");
});

// F10
test("the first words in the journal of a sandbox are its service's", async () => {
  await bed.run("sandboxcontainer", "create", "first2", "--unit", "first2.service", "--start");
  await eventually(async () => {
    const [starting, ...lines] = await readStart("first2");
    assert.match(starting ?? "", /^Starting sandbox@first2\.service/);
    assert.deepEqual(lines.map((line) => line.replace(/^sh\[\d+\]: /, "")).sort(), [
      "Started sandbox@first2.service - Sandbox first2 (first2.service).",
      "ready to serve",
    ]);
  });
});

// F10
test("so are those of a command, and of a service of a distribution", async () => {
  await bed.run(
    "sandboxcontainer",
    "create",
    "first1",
    "--start",
    "--",
    "/usr/bin/sh",
    "-c",
    "echo here; sleep infinity",
  );
  await bed.run("sandboxcontainer", "create", "first4", "--unit", "apache2.service", "--start");
  await bed.run("sandboxcontainer", "restart", "first4");
  await eventually(async () => {
    assert.deepEqual((await readStart("first1")).map((line) => line.replace(/\.service - .*/, "")).sort(), [
      "Started sandbox@first1",
      "Starting sandbox@first1",
      "here",
    ]);
    const lines = (await readStart("first4")).filter((line) => !/^Start(ing|ed) sandbox@first4\.service/.test(line));
    assert.ok(lines.length > 0, "apache2 has something to say");
    for (const line of lines) assert.match(line, /^apache(2|ctl)\[\d+\]: /);
  });
});

// F10
test("what goes wrong inside is told: by a unit that fails, by systemd of it, and where a path cannot be made", async () => {
  await writeUnit("first3", [
    // A start that waits until the service is ready fails for certain; one of Type=simple may be over before the service is.
    "Type=notify",
    "ExecStart=/usr/bin/sh -c 'echo System is tainted: by me; echo cannot serve >&2; exit 3'",
    "IPAddressDeny=any",
    "Nonsense=1",
  ]);
  await bed.run("sh", "-c", "printf 'd /run/twice\\nd /run/twice 0700\\nx!y /run/z\\n' >/etc/tmpfiles.d/first3.conf");
  try {
    assert.equal((await bed.try("sandboxcontainer", "create", "first3", "--unit", "first3.service")).status, 0);
    await bed.run("sh", "-c", "cp /etc/tmpfiles.d/first3.conf /var/lib/sandboxcontainer/first3/root/etc/tmpfiles.d/");
  } finally {
    await bed.run("rm", "/etc/tmpfiles.d/first3.conf");
  }
  assert.equal((await bed.try("sandboxcontainer", "start", "first3")).status, 1);
  await eventually(async () => {
    const journal = (await readStart("first3")).join("\n");
    assert.match(journal, /^sh\[\d+\]: System is tainted: by me$/m);
    assert.match(journal, /^sh\[\d+\]: cannot serve$/m);
    assert.match(journal, /^systemd\[1\]: first3\.service: .*status=3/m);
    assert.match(journal, /first3\.service:\d+: Unknown key 'Nonsense'/);
    assert.match(journal, /first3\.service: unit configures an IP firewall/);
    assert.match(journal, /^systemd-tmpfiles\[\d+\]: \/etc\/tmpfiles\.d\/first3\.conf:2: Duplicate line/m);
    assert.match(journal, /^systemd-tmpfiles\[\d+\]: \/etc\/tmpfiles\.d\/first3\.conf:3: /m);
  });
});
