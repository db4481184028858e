import assert from "node:assert/strict";
import { after, test } from "node:test";
import { runInBed, succeedsInBed } from "../bed.ts";
import { useBrowser } from "../visit.ts";
import { clickAllow, findDenial } from "./denials.ts";

const inside = "sandboxcontainer execute web1 --";
const srv = "/var/lib/sandboxcontainer/web1/root/srv";
const mapMemory = `${inside} python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)'`;
const lockProgram = `${inside} flock /usr/bin/true true`;

const visit = useBrowser(`setsebool sandboxcontainer_execmem off
    sandboxcontainer create web1 --start -- /usr/bin/sleep infinity
    sandboxcontainer create web2 -- /usr/bin/sleep infinity
    ${inside} touch /srv/mislabelled /srv/of-another`);

after(() => runInBed("setsebool sandboxcontainer_execmem on"));

test("what was denied is shown, and allowed with a click", async () => {
  await runInBed(`chcon -l s0:c1,c2 ${srv}/mislabelled`);
  const readFile = `${inside} cat /srv/mislabelled`;
  assert.equal(await succeedsInBed(mapMemory), false);
  assert.equal(await succeedsInBed(readFile), false);
  const seen = await visit({ path: "/sandbox/web1/security" });
  const boolean = "setsebool -P sandboxcontainer_execmem on";
  await clickAllow(seen, "map memory that is writable and executable", boolean, "Cancel");
  assert.match(await runInBed("getsebool sandboxcontainer_execmem"), /off$/);
  await clickAllow(seen, "map memory that is writable and executable", boolean, "Allow");
  assert.match(await runInBed("getsebool sandboxcontainer_execmem"), /on$/);
  assert.equal(await succeedsInBed(mapMemory), true);

  // This restarts it.
  await clickAllow(seen, 'the file "mislabelled"', "systemctl stop sandbox@web1 && chcon -RPh ", "Allow");
  assert.equal(await succeedsInBed(readFile), true);
  await seen.checkQuiet();
});

test("what cannot be allowed has no button, and a rule is only shown", async () => {
  await runInBed(`level=$(sandboxcontainer show --json web2 | sed -n 's/^  "level": "\\(.*\\)",$/\\1/p')
    chcon -l "$level" ${srv}/of-another`);
  assert.equal(await succeedsInBed(`${inside} cat /srv/of-another`), false);
  assert.equal(await succeedsInBed(lockProgram), false);
  const { page, checkAccessibility, checkQuiet } = await visit({ path: "/sandbox/web1/security" });
  const ofAnother = findDenial(page, 'the file "of-another"');
  await ofAnother.getByText("It cannot be allowed: it belongs to the sandbox web2").waitFor();
  assert.equal(await ofAnother.getByRole("button").count(), 0);
  const locked = findDenial(page, 'lock the file "/usr/bin/true"');
  assert.equal(
    await locked.getByRole("textbox", { name: "Rule that allows it in all sandboxes" }).inputValue(),
    "(allow sandboxcontainer_command_t bin_t (file (lock)))",
  );
  assert.equal(await locked.getByRole("button", { name: "Allow…" }).count(), 0);
  await checkAccessibility();
  await checkQuiet();
});
