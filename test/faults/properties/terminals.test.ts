import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { printableText } from "../../../base/text.ts";
import { advise } from "../../../helpers/command/audit/advise.ts";
import { describeDenial, groupDenials, ofSandbox } from "../../../helpers/command/audit/describe-denial.ts";
import { type Denial, parseAudit } from "../../../helpers/command/audit/parse-audit.ts";
import { parseJournal } from "../../../helpers/command/audit/read-audit.ts";
import { formatTable } from "../../../helpers/command/output.ts";
import { arrangeTree } from "../../../helpers/command/verbs/tree.ts";
import { cleanWords } from "../../../helpers/sandbox/copy/child.ts";
import { nameCommand } from "../../../helpers/sandbox/hold/hold.ts";
import { nameInPath, plainText, printableName, quoteName } from "../../../helpers/sandbox/untrusted-text.ts";
import { assertPrintable, assertQuick } from "./bounds.ts";
import { anyText, nearTo } from "./hostile.ts";
import { runs } from "./runs.ts";

const bytes = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each));
const said = fc.oneof(anyText, nearTo("\x1b[31mred\x1b[0m", "\x1b]0;title\x07x", "a\tb\r\n", "\x1b\x1b[A[A"));

test("nothing that somebody chose does anything to a terminal", () => {
  fc.assert(
    fc.property(said, bytes, (text, name) => {
      for (const shown of [
        printableText(text),
        printableName(text),
        printableName(name),
        printableName(nameInPath(name)),
        quoteName(text),
        quoteName(name),
      ])
        assertPrintable(shown);
      for (const shown of [plainText(text), cleanWords(text), nameCommand([text])]) assertPrintable(shown);
      for (const line of [
        printableName(text),
        quoteName(text),
        printableName(name),
        cleanWords(text),
        nameCommand([text]),
      ])
        assert.doesNotMatch(line, /[\n\t]/);
      assert.equal(printableText(printableText(text)), printableText(text));
      assert.equal(plainText(plainText(text)), plainText(text));
    }),
    runs(),
  );
});

test("different names are shown differently", () => {
  const name = anyText.filter((text) => !text.includes("\\"));
  fc.assert(
    fc.property(name, name, (one, other) => {
      assert.equal(printableName(one) === printableName(other), one === other);
    }),
    runs(),
  );
});

test("a long text is made printable in a short time", () => {
  assertQuick(["\x1b[31;1mx\x1b]0;a\x07\x1b  ", "a\nb"], (text) => [
    plainText(text),
    printableText(text),
    cleanWords(text),
    quoteName(text),
  ]);
});

// The same in another way: ECMA-48's sequences, then control characters of one byte, then those of two.
const consoleText = (said: string): string =>
  said
    .replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g, "")
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, " ")
    .replace(/\xc2+[\x80-\x9f]+/g, "");

test("what the console of a sandbox says reaches the journal without control characters", () => {
  const program = resolve(import.meta.dirname, "../../../dist/lib/copy-console");
  const line = fc
    .oneof(
      bytes,
      said.map((text) => Buffer.from(text)),
    )
    .map((each) => each.toString("latin1").replaceAll("\n", " "));
  fc.assert(
    fc.property(fc.array(line, { minLength: 20, maxLength: 200 }), (lines) => {
      const input = Buffer.from(`${lines.join("\n")}\n`, "latin1");
      const output = execFileSync(program, ["--bounded"], { input });
      assert.equal(output.toString("latin1"), lines.map((each) => `<6>${consoleText(each)}\n`).join(""));
      assert.equal(output.toString("latin1").split("\n").length, lines.length + 1);
      assert.doesNotMatch(output.toString("latin1"), /[\0-\x08\x0b-\x1f\x7f]/);
      assert.doesNotMatch(output.toString("utf8"), /[\x80-\x9f]/);
    }),
    runs(0.2),
  );
});

const selinux =
  'type=AVC msg=audit(1764000000.123:77): avc:  denied  { read write } for  pid=7 comm="a" name="x" dev="vda1" ino=3 scontext=system_u:system_r:sandboxcontainer_t:s0:c1,c2 tcontext=system_u:object_r:shadow_t:s0 tclass=file permissive=0\n' +
  'type=SYSCALL msg=audit(1764000000.123:77): arch=c000003e syscall=257 success=no pid=7 uid=600033 comm="a" exe="/usr/sbin/a"\x1dARCH=x\n' +
  "type=PATH msg=audit(1764000000.123:77): item=0 name=2F6574632F78 inode=3\n";
const userAvc =
  "type=USER_AVC msg=audit(1764000001.000:78): pid=1 uid=0 msg='avc:  denied  { send_msg } for msgtype=method_call interface=a.b member=C dest=d spid=7 scontext=a:b:sandboxcontainer_t:s0:c1,c2 tcontext=a:b:init_t:s0 tclass=dbus permissive=1 exe=\"/usr/bin/dbus\"'\n";
const apparmor =
  'type=AVC msg=audit(1764000002.5:79): apparmor="DENIED" operation="open" class="file" profile="libvirt-sandboxcontainer-web1" name="/etc/x" pid=7 comm=2F62696E requested_mask="wc" denied_mask="wc" fsuid=600000 ouid=0\n' +
  'type=AVC msg=audit(1764000002.6:80): apparmor="DENIED" operation="ptrace" profile="libvirt-sandboxcontainer-web1" peer="unconfined" denied_mask="read" pid=8\n' +
  'type=AVC msg=audit(1764000002.7:81): apparmor="ALLOWED" operation="capable" profile="libvirt-sandboxcontainer-web1" capability=12 capname="net_admin"\n';

const subject = {
  ...{ name: "web1", level: "s0:c1,c2", idBase: 600_000, fileType: "sandboxcontainer_file_t" },
  mounts: [{ inside: "/srv", host: "/data/it's" }],
  others: new Map([["s0:c3,c4", "web2"]]),
};

function assertDenial(denial: Denial): void {
  const texts = [
    describeDenial(denial, 600_000),
    ...advise(denial, subject).flatMap(({ text, command }) => [text, ...(command ?? [])]),
  ];
  for (const text of texts) {
    assertPrintable(text);
    assert.ok(!text.includes("\n"), text);
    assert.doesNotMatch(text, /\[native code\]|\[object /);
  }
  assert.equal(typeof denial.targetClass, "string");
  assert.ok(denial.permissions.every((each) => typeof each === "string"));
}

test("any audit log has denials that can be printed, each with words of its own", () => {
  fc.assert(
    fc.property(nearTo(selinux, userAvc, apparmor), (log) => {
      const denials = parseAudit(log);
      for (const denial of denials) assertDenial(denial);
      const own = ofSandbox(denials, "web1", "s0:c1,c2");
      assert.equal(
        groupDenials(own).reduce((sum, { count }) => sum + count, 0),
        own.length,
      );
    }),
    runs(),
  );
});

test("an operation or permission that is a word of every object is only a word", () => {
  const word = fc.constantFrom("constructor", "toString", "valueOf", "hasOwnProperty", "__proto__");
  fc.assert(
    fc.property(word, word, (one, other) => {
      const logs = [
        apparmor.replaceAll("open", one).replaceAll("ptrace", other),
        selinux.replace("read write", one.toLowerCase()).replace("tclass=file", `tclass=${other}`),
      ];
      for (const log of logs) for (const denial of parseAudit(log)) assertDenial(denial);
      const entry = {
        _TRANSPORT: "audit",
        _AUDIT_TYPE: one,
        _AUDIT_ID: "1",
        _SOURCE_REALTIME_TIMESTAMP: "1",
        MESSAGE: "x",
      };
      assert.doesNotMatch(parseJournal(JSON.stringify(entry)), /native code/);
    }),
    runs(),
  );
});

test("a long audit log takes a short time", () => {
  assertQuick([selinux, userAvc, apparmor], (log) => parseAudit(log).map((denial) => describeDenial(denial, 0)));
});

test("a table has one line for each row, and a tree has each process once", () => {
  const cell = fc.oneof(fc.string(), said);
  const process = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 30 }));
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 2 })),
      fc.uniqueArray(process, { selector: ([pid]) => pid }),
      (rows, some) => {
        const table = formatTable(["A", "B"], rows);
        assert.equal(table.split("\n").length, rows.length + 2);
        assertPrintable(table);
        // A parent is older: only the kernel gives numbers, and it cannot make a circle.
        const processes = some.map(([pid, parent]) => ({
          pid,
          insidePid: 1,
          parent: Math.min(parent, pid - 1),
          user: 0,
          memoryBytes: 0,
          command: "x",
        }));
        const arranged = arrangeTree(processes).map((each) => each.process.pid);
        assert.deepEqual([...arranged].sort(), processes.map(({ pid }) => pid).sort());
      },
    ),
    runs(),
  );
});
