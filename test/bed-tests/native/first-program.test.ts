import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { makeSleeper } = useSandboxes(bed);

test("root inside cannot choose which program of the host interprets the first one of a start", async (t) => {
  await makeSleeper(t, "first1", "--start");
  const version = await bed.run("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])");
  // Python reads this file of the tree before anything else, and nothing is mapped from there.
  const own = `/etc/python${version}/sitecustomize.py`;
  const script = `mkdir -p /etc/python${version}
echo 'print(open("/proc/self/status").read(), file=open("/got-in", "a"))' >${own}
rm /bin && mkdir /bin && ln -s /usr/bin/python3 /bin/sh
/bin/sh -c 0 && rm /got-in`;
  await bed.run("sandboxcontainer", "execute", "first1", "--", "/usr/bin/sh", "-ec", script);
  await bed.run("systemctl", "restart", "sandbox@first1");
  assert.equal((await bed.try("test", "-e", "/var/lib/sandboxcontainer/first1/root/got-in")).status, 1);
});
