import assert from "node:assert/strict";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { advise, booleans, type Subject } from "../../../../helpers/command/audit/advise.ts";
import { describeDenial, groupDenials, ofSandbox } from "../../../../helpers/command/audit/describe-denial.ts";
import { type Denial, parseAudit } from "../../../../helpers/command/audit/parse-audit.ts";

const here = import.meta.dirname;
const web: Subject = {
  name: "web1",
  level: "s0:c325,c579",
  idBase: 750780416,
  fileType: "sandboxcontainer_file_t",
  mounts: [{ inside: "/data/www", host: "/srv/it's www" }],
  others: new Map([["s0:c1,c2", "web2"]]),
};
const denial: Denial = {
  control: "selinux",
  id: "1.000:1",
  time: 1,
  permissions: ["read"],
  source: { type: "sandboxcontainer_t", level: web.level },
  target: { type: web.fileType, level: web.level },
  targetClass: "file",
  comm: "cat",
  exe: "/usr/bin/cat",
  pid: 1,
  uid: 750780416,
  path: null,
  detail: null,
  permissive: false,
};
const ways = (other: Partial<Denial>): readonly string[] =>
  advise({ ...denial, ...other }, web).map(({ kind, text }) => `${kind}: ${text}`);

test("real denials are told in words, with the ways to allow them", () => {
  const all = parseAudit(readFileSync(join(here, "fixtures/denials.log"), "utf8"));
  const text = groupDenials(ofSandbox(all, web.name, web.level))
    .map((group) =>
      [
        `${group.count} × ${describeDenial(group.denial, web.idBase)}`,
        ...advise(group.denial, web).map(({ kind, text }) => `    ${kind}: ${text}`),
      ].join("\n"),
    )
    .join("\n");
  const golden = join(here, "golden/denials.txt");
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, `${text}\n`);
  assert.equal(`${text}\n`, readFileSync(golden, "utf8"));
});

test("every boolean of the policy is known", () => {
  const policies = globSync(join(here, "../../../../policy/*.te")).map((path) => readFileSync(path, "utf8"));
  const declared = policies.flatMap((text) => [...text.matchAll(/^gen_tunable\((\w+),/gm)].map(([, name]) => name));
  assert.deepEqual([...new Set(Object.values(booleans))].sort(), declared.sort());
});

test("content with a wrong label gets its label, and no rule that would not help", () => {
  const label =
    "label: systemctl stop sandbox@web1 && " +
    "chcon -RPh -t sandboxcontainer_file_t -l s0:c325,c579 /var/lib/sandboxcontainer/web1/root && " +
    "systemctl start sandbox@web1";
  assert.deepEqual(ways({ target: { type: web.fileType, level: "s0:c8,c9" } }), [label]);
  assert.deepEqual(ways({ target: { type: "shadow_t", level: web.level } })[0], label);
  assert.deepEqual(ways({ target: { type: web.fileType, level: "s0:c1,c2" } }), [
    "nothing: it belongs to the sandbox web2",
  ]);
  assert.deepEqual(ways({ path: "/data/www/a", target: { type: "var_t", level: "s0" } }), [
    `label: chcon -R -t sandboxcontainer_file_t -l s0:c325,c579 '/srv/it'\\''s www'`,
    "rule: (allow sandboxcontainer_t var_t (file (read)))",
  ]);
  assert.deepEqual(ways({ path: "/usr/bin/x", target: { type: "bin_t", level: "s0" } }), [
    "rule: (allow sandboxcontainer_t bin_t (file (read)))",
  ]);
});

test("a capability is a setting and a rule, a boolean is one", () => {
  const capability = {
    targetClass: "cap_userns",
    target: denial.source,
    permissions: ["sys_time"],
    detail: "capability=25",
  };
  assert.deepEqual(ways(capability), [
    "setting: set Capabilities=+sys_time in the conf's [Security] section if it is not set yet, and load the rule",
    "rule: (allow sandboxcontainer_t self (cap_userns (sys_time)))",
  ]);
  assert.match(describeDenial({ ...denial, ...capability }, web.idBase), /^cat was denied the capability sys_time$/);
  assert.deepEqual(
    ways({ targetClass: "process", target: denial.source, permissions: ["execmem"] })[0],
    "boolean: setsebool -P sandboxcontainer_execmem on",
  );
});

test("what the host's programs were denied is told, without advice that is for sandboxes", () => {
  const host = {
    source: { type: "virtd_t", level: "s0-s0:c0.c1023" },
    target: { type: web.fileType, level: "s0:c8,c9" },
  };
  assert.deepEqual(ways(host), ["rule: (allow virtd_t sandboxcontainer_file_t (file (read)))"]);
});

test("users are told as the sandbox counts them, and control characters by their numbers", () => {
  const text = describeDenial(
    { ...denial, uid: 750780449, comm: "a\u001b[2J", path: "/x\ny", permissive: true },
    web.idBase,
  );
  assert.equal(
    text,
    'a\\u{1b}[2J (/usr/bin/cat), user 33, would not be allowed to read the file "/x\\u{a}y", which is sandboxcontainer_file_t:s0:c325,c579',
  );
});

test("a command has its words, and what is none has no command", () => {
  const commands = (other: Partial<Denial>) => advise({ ...denial, ...other }, web).map(({ command }) => command);
  const execmem = { targetClass: "process", target: denial.source, permissions: ["execmem"] };
  assert.deepEqual(commands(execmem), [["setsebool", "-P", "sandboxcontainer_execmem", "on"], null]);
  assert.deepEqual(commands({ path: "/data/www/a", target: { type: "var_t", level: "s0" } }), [
    ["chcon", "-R", "-t", web.fileType, "-l", web.level, "/srv/it's www"],
    null,
  ]);
  const [label] = commands({ target: { type: web.fileType, level: "s0:c8,c9" } });
  assert.deepEqual(label?.slice(3), [
    "sh",
    "sandbox@web1",
    web.fileType,
    web.level,
    "/var/lib/sandboxcontainer/web1/root",
  ]);
  assert.deepEqual(commands({ target: { type: web.fileType, level: "s0:c1,c2" } }), [null]);
});
