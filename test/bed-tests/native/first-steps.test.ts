import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { listExamples } from "../../first-steps/list-examples.ts";
import { isShown, readBlocks } from "../../first-steps/steps.ts";
import { type Ran, useBed } from "../bed.ts";

const bed = useBed("native");
const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
const folder = "/root/first-steps";
const type = (line: string): Promise<Ran> =>
  bed.try("bash", "-c", `mkdir -p ${folder}; cd ${folder}; { ${line}\n} 2>&1`);
const listNames = async (): Promise<string[]> =>
  (JSON.parse(await bed.run("sandboxcontainer", "list", "--json")) as { name: string }[]).map(({ name }) => name);

let before: readonly string[] = [];
beforeEach(async () => {
  before = await listNames();
});
afterEach(async () => {
  for (const name of await listNames())
    if (!before.includes(name)) await bed.run("sandboxcontainer", "delete", "--force", name);
  await bed.run("rm", "-rf", folder, "/root/logs", "/root/redis", "/etc/sandboxcontainer/defaults.conf.d/label.conf");
});

test("who types what README says sees what README shows", async () => {
  const blocks = readBlocks(readme);
  assert.ok(blocks.length >= 4);
  for (const { command, shows } of blocks.flat()) {
    const { status, stdout } = await type(command);
    assert.equal(status, 0, `${command}: ${stdout}`);
    assert.ok(isShown(shows, stdout), `${command} shows\n${stdout}\nand not\n${shows}`);
  }
});

interface Session {
  readonly input?: string;
  readonly waits?: true;
  readonly shows: RegExp;
}
// These need a terminal: the test types into it, and waits for output. Some run until they are interrupted.
const onTerminal: Readonly<Record<string, Session>> = {
  "logs web1 -f": { waits: true, shows: /Started sandbox@web1/ },
  "events --follow web1": { waits: true, shows: /^(.* web1 .*\r\n)*$/ },
  "stats --follow web1": { waits: true, shows: /NAME.*\r\nweb1/ },
  top: { waits: true, shows: /NAME.*\r\n(web1|db|clock)/ },
  "connect web1": { input: "hostname; exit\n", shows: /\bweb1\r\n/ },
  "execute -it web1 -- sh": { input: "hostname; exit\n", shows: /\bweb1\r\n/ },
  "delete shop": { input: "y\n", shows: /Deleted shop/ },
  "edit web1": { shows: /stays as it was/ },
};
const onHost = `mkdir -p pages; echo hello > pages/hello.html; echo '# of a site' > site.conf; tar -cf pages.tar pages
cp /etc/sandboxcontainer/clock.conf web9.conf 2>/dev/null || :; ssh() { shift; sh -c "$*"; }`;

async function typeOnTerminal(line: string, { input = "", waits }: Session): Promise<Ran> {
  const session = `EDITOR=true timeout ${waits === true ? 15 : 60} script -qec 'sandboxcontainer ${line}' /dev/null`;
  return bed.feed(input, "bash", "-c", session);
}

test("the examples that --help shows can be typed one after the other", async () => {
  const waiting: Promise<void>[] = [];
  for (const line of listExamples()) {
    const terminal = onTerminal[line];
    if (terminal !== undefined) {
      const session = typeOnTerminal(line, terminal).then(({ stdout }) => {
        assert.match(stdout, terminal.shows, line);
      });
      if (terminal.waits === true) waiting.push(session);
      else await session;
      continue;
    }
    const { status, stdout } = await type(`${onHost}; sandboxcontainer ${line}`);
    // This bed has neither.
    if (line.startsWith("audit ")) assert.match(stdout, /^neither SELinux nor AppArmor is enabled/);
    else assert.equal(status, 0, `${line}: ${stdout}`);
  }
  await Promise.all(waiting);
});
