import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Ran, useBed } from "../bed.ts";

const bed = useBed("native");
const shell = (commands: string): Promise<string> => bed.run("sh", "-c", commands);
const command = "sandboxcontainer";
const state = "/var/lib/sandboxcontainer";
const names = ["old-k", "new-k", "copy-k"];
const archive = "/root/old-k.tar.zst";
const said = "/root/old-k.said";

const removeAll = (): Promise<Ran> =>
  bed.try("sh", "-c", `for n in ${names.join(" ")}; do ${command} delete --force $n; done; rm -f ${archive}* ${said}`);
after(removeAll);

/** A verb, the state before it, the sign that it has reached a certain point, and the state after it has ended. */
interface Case {
  readonly verb: string;
  readonly before: string;
  readonly at: readonly string[];
  readonly holds: string;
}

const makeOld = `${command} create old-k -- /usr/bin/sleep infinity; echo data > ${state}/old-k/root/srv/data`;
const hasData = (name: string): string => `grep -q data ${state}/${name}/root/srv/data`;
const staging = `${state}/.new-*`;
const noted = (name: string): string => `${state}/.unfinished-${name}`;
const conf = (name: string): string => `/etc/sandboxcontainer/${name}.conf`;
const runs = (name: string): string => `${command} start ${name} && ${command} execute ${name} -- true`;

const cases: readonly Case[] = [
  {
    verb: "create new-k --enable -- /usr/bin/sleep infinity",
    before: "true",
    at: [noted("new-k"), conf("new-k"), `${state}/new-k/state.json`, `${state}/new-k/populated-*`],
    holds: `${runs("new-k")} && systemctl is-enabled sandbox@new-k`,
  },
  {
    verb: "clone old-k new-k",
    before: makeOld,
    at: [staging, noted("new-k"), `${state}/new-k`, conf("new-k"), `${state}/new-k/populated-*`],
    holds: `${runs("new-k")} && ${hasData("new-k")}`,
  },
  {
    verb: `import ${archive} new-k`,
    before: `${makeOld}; ${command} export old-k ${archive}`,
    at: [staging, noted("new-k"), `${state}/new-k`, conf("new-k"), `${state}/new-k/populated-*`],
    holds: `${runs("new-k")} && ${hasData("new-k")}`,
  },
  {
    verb: `export old-k ${archive}`,
    before: makeOld,
    at: [staging, noted("old-k"), `${archive}.new-*`, archive],
    holds: `${command} import ${archive} copy-k && ${hasData("copy-k")}`,
  },
  {
    verb: "snapshot old-k kept",
    before: makeOld,
    at: [noted("old-k"), `${state}/old-k/snapshots/.new-*`, `${state}/old-k/snapshots/kept`],
    holds: `rm ${state}/old-k/root/srv/data; ${command} rollback old-k kept && ${hasData("old-k")}`,
  },
  {
    verb: "delete-snapshot old-k kept",
    before: `${makeOld}; ${command} snapshot old-k kept`,
    at: [noted("old-k"), `${state}/old-k/snapshots/.new-*`, `${state}/old-k/snapshots/.new-*/removed`],
    holds: `! ${command} snapshots old-k | grep kept`,
  },
  {
    verb: "rollback old-k kept",
    before: `${makeOld}; ${command} snapshot old-k kept; rm ${state}/old-k/root/srv/data`,
    at: [noted("old-k"), `${state}/old-k/snapshots/.new-*/root`, `${state}/old-k/root/srv/data`],
    holds: `${runs("old-k")} && ${hasData("old-k")}`,
  },
  {
    verb: "rename old-k new-k",
    before: `${makeOld}; systemctl enable -q sandbox@old-k`,
    at: [noted("old-k"), conf("new-k"), `${state}/new-k`],
    holds: `${runs("new-k")} && ${hasData("new-k")} && systemctl is-enabled sandbox@new-k && ! systemctl is-enabled sandbox@old-k`,
  },
  {
    verb: "delete --force old-k",
    before: `${makeOld}; systemctl enable -q sandbox@old-k`,
    at: [noted("old-k"), `${state}/.deleted-*`],
    holds: `! ${command} show old-k && ! systemctl is-enabled sandbox@old-k`,
  },
];

// F3, F4
for (const { verb, before, at, holds } of cases)
  test(
    `\`${verb}\`, killed at any of its steps, does all when it is typed again, and leaves nothing`,
    { timeout: 900_000 },
    async () => {
      let killed = 0;
      for (const point of at) {
        await removeAll();
        await shell(before);
        // A verb that is faster than the look is not killed at this point, or only after it has said that all is done.
        const watch = `until ls -d ${point} || ! kill -0 $p; do :; done >/dev/null 2>&1; kill -KILL $p; wait $p`;
        const isKilled = `[ $? = 137 ] && [ ! -s ${said} ] && echo killed`;
        const { stdout } = await bed.try(
          "sh",
          "-c",
          `${command} ${verb} >${said} 2>/dev/null & p=$!; ${watch}; ${isKilled}`,
        );
        if (/^killed$/m.test(stdout)) {
          killed++;
          const again = await bed.try("sh", "-c", `${command} ${verb}`);
          assert.equal(again.status, 0, `at ${point}: ${again.stderr}`);
        }
        assert.equal((await bed.try("sh", "-c", holds)).status, 0, `at ${point}: ${holds}`);
        const left = `ls -d ${state}/.new-* ${state}/.deleted-* ${state}/.unfinished-* ${state}/*/snapshots/.new-* /etc/sandboxcontainer/*.new-* ${archive}.new-* /run/sandboxcontainer/.held-* 2>/dev/null || :`;
        assert.equal(await shell(left), "", `left at ${point}`);
      }
      assert.ok(killed > 0, "no step was hit");
    },
  );

test("what systemd still makes for a killed command is ended", { timeout: 300_000 }, async (context) => {
  await removeAll();
  const dropIns = "/run/systemd/system/sandbox-root@new-k.service.d";
  context.after(() => shell(`rm -rf ${dropIns}; systemctl daemon-reload`));
  await shell(
    `mkdir -p ${dropIns}; printf '[Service]\\nExecStartPost=/bin/sleep 60\\n' > ${dropIns}/90-slow.conf; systemctl daemon-reload`,
  );
  const killed = `until ls -d ${state}/new-k/populated-*; do :; done >/dev/null 2>&1; kill -KILL $p`;
  const create = `${command} create new-k -- /usr/bin/sleep infinity`;
  await shell(`${create} & p=$!; ${killed}`);
  await shell(`rm -rf ${dropIns}; ${create}; ${runs("new-k")}`);
  await shell(`${command} delete --force new-k; ! systemctl is-active sandbox-root@new-k`);
});

test("a command whose lock is taken from it leaves no file of the lock", { timeout: 300_000 }, async () => {
  await removeAll();
  const kill = `until ls -d ${conf("new-k")}; do :; done >/dev/null 2>&1; pkill -KILL -f '^sh -c exec 9>>'`;
  await shell(`${command} create new-k -- /usr/bin/sleep infinity & p=$!; ${kill}; wait $p || :`);
  assert.equal(await shell("ls /run/sandboxcontainer/.held-* 2>/dev/null || :"), "");
});

test(
  "what a killed command left is refused, named by doctor, and taken away after a boot",
  { timeout: 300_000 },
  async () => {
    await removeAll();
    await shell(
      `${makeOld}; ${command} clone old-k new-k & p=$!; until [ -e ${conf("new-k")} ]; do :; done; kill -KILL $p`,
    );
    await bed.run("systemctl", "daemon-reload");
    const started = await bed.try(command, "start", "new-k");
    assert.notEqual(started.status, 0);
    assert.match(started.stderr, /new-k is incomplete/);
    const doctor = await bed.try(command, "doctor");
    assert.match(
      doctor.stdout,
      /failed +leftovers +sandbox new-k is incomplete: `sandboxcontainer clone old-k new-k` was killed/,
    );
    await bed.reboot();
    await shell("while systemctl is-system-running --wait >/dev/null 2>&1; [ $? -gt 1 ]; do :; done");
    assert.equal(
      await shell(`ls -d ${state}/new-k ${state}/.new-* ${state}/.unfinished-* ${conf("new-k")} 2>/dev/null || :`),
      "",
    );
    await shell(hasData("old-k"));
  },
);

test("a conf that somebody wrote in place of one half-made is not taken over", async () => {
  await removeAll();
  await shell(
    `${command} create new-k -- /usr/bin/sleep 1 & p=$!; until [ -e ${conf("new-k")} ]; do :; done; kill -KILL $p; wait $p; printf '[Sandbox]\\nExec=/usr/bin/sleep 2\\n' > ${conf("new-k")}`,
  );
  const again = await bed.try(command, "create", "new-k", "--", "/usr/bin/sleep", "1");
  assert.equal(again.status, 1);
  assert.match(again.stderr, /new-k is taken: .*written by somebody else/);
  await shell(`grep -q 'sleep 2' ${conf("new-k")}`);
});
