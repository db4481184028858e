import assert from "node:assert/strict";
import { test } from "node:test";
import { describeDenial, groupDenials, ofSandbox } from "../../../../helpers/command/audit/describe-denial.ts";
import { parseAudit } from "../../../../helpers/command/audit/parse-audit.ts";
import { parseJournal } from "../../../../helpers/command/audit/read-audit.ts";

const context = (type: string, level = "s0:c1,c2"): string => `system_u:system_r:${type}:${level}`;
const avc = (words: string, target = context("shadow_t", "s0")): string =>
  `type=AVC msg=audit(1700000000.123:7): avc:  denied  { read } for  pid=9 ${words} scontext=${context("sandboxcontainer_t")} tcontext=${target} tclass=file permissive=0`;

test("an event of several records is one denial, with what each of them knows", () => {
  const [denial, ...more] = parseAudit(
    [
      avc('comm="cat" name="shadow" dev="vda" ino=12'),
      'type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=257 success=no exit=-13 pid=9 uid=4321 comm="cat" exe="/usr/bin/cat" subj=x',
      'type=CWD msg=audit(1700000000.123:7): cwd="/"',
      'type=PATH msg=audit(1700000000.123:7): item=0 name="/etc/shadow" inode=12',
      'type=PROCTITLE msg=audit(1700000000.123:7): proctitle="cat"',
    ].join("\n"),
  );
  assert.deepEqual(more, []);
  assert.deepEqual(denial, {
    control: "selinux",
    id: "1700000000.123:7",
    time: 1_700_000_000.123,
    permissions: ["read"],
    source: { type: "sandboxcontainer_t", level: "s0:c1,c2" },
    target: { type: "shadow_t", level: "s0" },
    targetClass: "file",
    comm: "cat",
    exe: "/usr/bin/cat",
    pid: 9,
    uid: 4321,
    path: "/etc/shadow",
    detail: null,
    permissive: false,
  });
});

test("a name that a process chose is text, whatever it looks like", () => {
  const hex = (text: string): string => Buffer.from(text).toString("hex").toUpperCase();
  const forged = `x" scontext=${context("other_t", "s0:c3,c4")} tcontext=${context("b")} tclass=dir`;
  const [denial] = parseAudit(avc(`comm=${hex('a" b=c\n')} name=${hex(forged)}`));
  assert.equal(denial?.source.level, "s0:c1,c2");
  assert.equal(denial.comm, 'a" b=c\\u{a}');
  assert.equal(denial.path, forged);
  const [plain] = parseAudit(avc(`comm="scontext=a:b:c:d tcontext=e:f:g:h tclass=x" name="y"`));
  assert.deepEqual([plain?.source.level, plain?.target.type], ["s0:c1,c2", "shadow_t"]);
  const [escape] = parseAudit(avc(`comm=${hex("\u001b[2J\u202e")}`));
  assert.equal(escape?.comm, "\\u{1b}[2J\\u{202e}");
});

test("what only looks like a record does not count", () => {
  const line = avc('comm="x"');
  for (const text of [
    "",
    "noise",
    ` ${line}`,
    `apache2: ${line}`,
    line.replace("denied", "granted"),
    line.replace("AVC", "USER"),
  ])
    assert.deepEqual(parseAudit(text), [], text);
  assert.deepEqual(parseAudit(line.replace(/ tclass=.*/, "")), []);
  assert.deepEqual(parseAudit(line.replace(/scontext=\S+/, "scontext=nonsense")), []);
});

test("of the journal only what the kernel or the audit subsystem said counts", () => {
  const message = avc('comm="x"').replace("type=AVC msg=", "audit: type=1400 ");
  const entry = (fields: Readonly<Record<string, unknown>>): string => JSON.stringify({ MESSAGE: message, ...fields });
  const count = (...entries: readonly string[]): number => parseAudit(parseJournal(entries.join("\n"))).length;
  assert.equal(count(entry({ _TRANSPORT: "kernel" })), 1);
  // Half a line of journalctl ended audit with a stack.
  assert.equal(count("{", "null", "", entry({ _TRANSPORT: "kernel" })), 1);
  for (const transport of ["stdout", "syslog", "journal", undefined])
    assert.equal(count(entry({ _TRANSPORT: transport })), 0);
  assert.equal(count(entry({ _TRANSPORT: "kernel", MESSAGE: `x ${message}` })), 0);
  assert.equal(count(entry({ _TRANSPORT: "kernel", MESSAGE: `x\n${message}` })), 0);
  assert.equal(count(entry({ _TRANSPORT: "kernel", MESSAGE: [1, 2] })), 0);
  const audit = {
    _TRANSPORT: "audit",
    _AUDIT_TYPE: "1400",
    _AUDIT_ID: "7",
    _SOURCE_REALTIME_TIMESTAMP: "1700000000123000",
  };
  const body = message.replace(/^audit: type=1400 audit\([^)]*\): /, "AVC ");
  const [denial] = parseAudit(parseJournal(entry({ ...audit, MESSAGE: body })));
  assert.deepEqual([denial?.id, denial?.source.type], ["1700000000.123:7", "sandboxcontainer_t"]);
});

test("a permission or class that is a word of every object is only a word: it was described as a function", () => {
  const [denial] = parseAudit(avc('comm="a"').replace("read", "constructor").replace("tclass=file", "tclass=toString"));
  assert.ok(denial);
  assert.match(describeDenial(denial, 0), /^a was not allowed to constructor the toString, /);
});

test("denials of a sandbox are those of its level, on either side, and the same ones are one group", () => {
  const at = (time: number, line: string): string => line.replace("1700000000.123:7", `${time}.000:${time}`);
  const others = at(5, avc('comm="x"')).replaceAll("s0:c1,c2", "s0:c1,c20");
  const text = [at(1, avc('comm="a"')), at(2, avc('comm="b"')), at(3, avc('comm="a"')), others].join("\n");
  const groups = groupDenials(ofSandbox(parseAudit(text), "web1", "s0:c1,c2"));
  assert.deepEqual(
    groups.map(({ denial, count, first, last }) => [denial.comm, count, first, last]),
    [
      ["a", 2, 1, 3],
      ["b", 1, 2, 2],
    ],
  );
  const target = avc('comm="libvirtd"', context("sandboxcontainer_file_t")).replace(
    /scontext=\S+/,
    `scontext=${context("virtd_t", "s0-s0:c0.c1023")}`,
  );
  assert.equal(ofSandbox(parseAudit(target), "web1", "s0:c1,c2").length, 1);
  assert.equal(ofSandbox(parseAudit(target), "web1", "s0:c0.c1023").length, 1);
});
