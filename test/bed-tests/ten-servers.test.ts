import assert from "node:assert/strict";
import { after, test } from "node:test";
import { useBed } from "./bed.ts";
import { findUnexpectedDenials, markDenials } from "./selinux/denials.ts";

// This needs a selinux bed that is up. make test does not run it, because it takes minutes there. listen.test.ts does
// the same in the native bed.
const bed = useBed("selinux");
const names = Array.from({ length: 10 }, (_, index) => `ten${index}`);

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
});

test("ten web servers answer behind ten ports, each with its own page, over IPv4 and IPv6", async (context) => {
  const mark = await markDenials(bed);
  const conf = String.raw`[Sandbox]\nUnit=apache2.service\n[Network]\nPublish=%d:80\n`;
  await bed.run(
    "bash",
    "-c",
    `for i in {0..9}; do printf '${conf}' $((8220 + i)) > /etc/sandboxcontainer/ten$i.conf; done`,
  );
  await bed.run("systemctl", "daemon-reload");
  // Starts two at a time, because there are two processors.
  for (const kind of ["sandbox-root", "sandbox"]) {
    const began = performance.now();
    await bed.run("bash", "-c", `printf '%s\n' ${kind}@ten{0..9} | xargs -P 2 -n 1 systemctl start`);
    context.diagnostic(`${kind}@: ${Math.round((performance.now() - began) / 1000)} s`);
    const pages =
      "for i in {0..9}; do echo page of ten$i > /var/lib/sandboxcontainer/ten$i/root/var/www/html/index.html; done";
    if (kind === "sandbox-root") await bed.run("bash", "-c", pages);
  }
  const urls = names.flatMap((_, index) => ["127.0.0.1", "[::1]"].map((host) => `http://${host}:${8220 + index}/`));
  const pages = await bed.run("curl", "-sS", "--parallel", "--max-time", "60", ...urls);
  assert.deepEqual(pages.split("\n").sort(), names.flatMap((name) => [`page of ${name}`, `page of ${name}`]).sort());
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
