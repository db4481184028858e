import assert from "node:assert/strict";
import { test } from "node:test";
import { type Entry, renderEntry } from "../../../../helpers/run/enter/render-entry.ts";

const entry: Entry = {
  initPid: 4711,
  // 0, 8 and 18, which is the right to chroot(2).
  bound: 0x40101n,
  filter: undefined,
  context: undefined,
  profile: undefined,
  term: "vt220",
  words: ["-", "-", "A=b", "--", "id"],
};
const all = "-all,+cap_0,+cap_8,+cap_18";

test("whoever enters gives up rights while its root is /usr, then changes to the sandbox's root", () => {
  assert.deepEqual(renderEntry(entry), [
    ...["nsenter", "--target", "4711", "--all", "--setuid", "0", "--setgid", "0"],
    ...["--root=/proc/4711/root/usr", "--wd=/proc/4711/root", "--"],
    ...["/libexec/sandboxcontainer/inside/filter", "-"],
    ...["/bin/setpriv", "--bounding-set", all, "--inh-caps=-all", "--", "/sbin/chroot", "."],
    ...["/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"],
    ...["HOME=/root", "USER=root", "LOGNAME=root", "LANG=C.UTF-8", "TERM=vt220"],
    ...["/usr/libexec/sandboxcontainer/inside/run", "-", "-", "A=b", "--", "id"],
  ]);
});

test("the system call filter is loaded before the rights are given up", () => {
  const words = renderEntry({ ...entry, filter: "1 6 0 0 0" }).join(" ");
  assert.ok(words.includes("-- /libexec/sandboxcontainer/inside/filter 1 6 0 0 0 /bin/setpriv "), words);
});

test("under SELinux it takes the context of PID 1, after the filter", () => {
  const context = "system_u:system_r:x_t:s0:c1,c2";
  const words = renderEntry({ ...entry, context, filter: "1 6 0 0 0" }).join(" ");
  assert.ok(
    words.includes(` /libexec/sandboxcontainer/inside/filter --context ${context} 1 6 0 0 0 /bin/setpriv `),
    words,
  );
});

test("under AppArmor it takes the profile that it is given", () => {
  const words = renderEntry({ ...entry, profile: "web//&web//service", filter: "1 6 0 0 0" }).join(" ");
  assert.ok(words.includes("/inside/filter --profile web//&web//service 1 6 0 0 0 /bin/setpriv "), words);
});

test("a right that PID 1 lacks is not kept, and the right to chroot is given up after its use", () => {
  const words = renderEntry({ ...entry, bound: 0x1n }).join(" ");
  const first = "/bin/setpriv --bounding-set -all,+cap_0,+cap_8,+cap_18 --inh-caps=-all -- /sbin/chroot .";
  const second = "/usr/bin/setpriv --bounding-set -all,+cap_0 --inh-caps=-all -- /usr/bin/env";
  assert.ok(words.includes(` - ${first} ${second}`), words);
});

test("a sandbox without any capability is entered as well", () => {
  assert.match(renderEntry({ ...entry, bound: 0n }).join(" "), / \. \/usr\/bin\/setpriv --bounding-set -all --/);
});
