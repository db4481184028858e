import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { describeError } from "../../../base/errors.ts";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { hashConf } from "../../../conf/conf-hash.ts";
import { findConflicts } from "../../../conf/find-conflicts.ts";
import { mergeConf } from "../../../conf/merge-conf.ts";
import { parseConf } from "../../../conf/parse-conf.ts";
import { describeOutput } from "../../../generator/output.ts";
import { planOutput } from "../../../generator/plan-output.ts";
import { renderConf } from "../../../helpers/command/create/request.ts";
import { mergeText } from "../../unit/conf/conf-of.ts";
import { assertNoControl, assertUnpolluted } from "./bounds.ts";
import { type Line, validValues, writtenConf } from "./confs.ts";
import { nearTo } from "./hostile.ts";
import { runs } from "./runs.ts";

const path = "/etc/sandboxcontainer/web.conf";

const examples = [
  "# mine\n[Sandbox]\nUnit=apache2.service\nMount=host-bind:/srv/www=/data/www\n[Network]\nPublish=8080:80\nNetwork=bridge:br0\n",
  "[Sandbox]\nExec=/bin/sh -c 'a b' \\\n  \"c\"\n[Security]\nLabel=none\nCapabilities=+CAP_NET_RAW\n[Resources]\nMemoryMax=1G\n",
  "[Unit]\nDescription=x\nConditionPathExists=|/x\n[Service]\nRestart=always\nExecStartPost=/bin/true %i\n[Install]\nWantedBy=multi-user.target\n",
] as const;
const anyConf = nearTo(...examples);

test("what was written is what is read, however it was laid out", () => {
  fc.assert(
    fc.property(writtenConf, fc.constantFrom("", "\ufeff"), ({ lines, text }, mark) => {
      const parsed = parseConf(mark + text, path);
      assert.deepEqual(parsed.errors, []);
      assert.deepEqual(parsed.lines.map(withoutPlace), lines);
    }),
    runs(),
  );
});

const withoutPlace = ({ section, key, value }: Line): Line => ({ section, key, value });

test("a conf that is printed from what was read is read as the same", () => {
  fc.assert(
    fc.property(anyConf, (text) => {
      const { lines } = parseConf(text, path);
      const printed = lines.map(({ section, key, value }) => `[${section}]\n${key}=${value}\n`).join("");
      const again = parseConf(printed, path);
      assert.deepEqual(again.errors, []);
      assert.deepEqual(again.lines.map(withoutPlace), lines.map(withoutPlace));
    }),
    runs(),
  );
});

test("any text is a conf or has errors, each with its line and without control characters", () => {
  fc.assert(
    fc.property(anyConf, (text) => {
      const { errors, conf } = mergeText(text);
      const last = text.split("\n").length;
      for (const error of errors) {
        assert.ok(error.line === undefined || (error.line >= 1 && error.line <= last), describeError(error));
        assertNoControl(describeError(error));
      }
      assert.match(hashConf(conf), /^[0-9a-f]{16}$/);
      assertUnpolluted();
    }),
    runs(),
  );
});

test("what the generator writes has the lines of its templates and of the conf, and no others", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyConf,
        writtenConf.map(({ text }) => text),
      ),
      (text) => {
        const name = parseSandboxName("web");
        const loaded = { name, path, ...mergeConf(name, path, [parseConf(text, path)], new Set()) };
        assert.equal(findConflicts([loaded, loaded]).size <= 1, true);
        const { outputs, problems } = planOutput({ sandboxes: [loaded], strays: [] }, "/");
        for (const problem of problems) assertNoControl(problem);
        for (const output of outputs) {
          assert.match(output.path, /^(?!.*(^|\/)\.\.?(\/|$))[\w@.:\\-]+(\/[\w@.:\\-]+)?$/);
          const lines = describeOutput(output).split("\n");
          for (const line of lines) assertNoControl(line);
          assert.ok(lines.every((line) => Buffer.byteLength(line) < 1 << 20));
          const sections = lines.filter((line) => line.startsWith("["));
          assert.equal(new Set(sections).size, sections.length, sections.join());
          assert.ok(lines.every((line) => !/(^|[^\\])(\\\\)*\\$/.test(line)));
        }
      },
    ),
    runs(),
  );
});

test("the conf that create writes has the words and values that it was given", () => {
  // No argument of a program has a NUL, or half a pair.
  const argument = fc.string({ unit: "grapheme" }).filter((word) => !word.includes("\0") && !word.includes("\ufffd"));
  const rest = fc.array(
    fc.oneof(argument, fc.constantFrom("", " ", "\\", "a\\", '"', "'", "%i", "$X", "\x1b[0m", "\r", "\n", "é")),
  );
  fc.assert(
    fc.property(rest, fc.array(validValues.Publish, { maxLength: 3 }), validValues.Home, (words, ports, home) => {
      const command = ["/usr/bin/x", ...words];
      const settings = [
        { key: "Home" as const, value: home },
        ...ports.map((value) => ({ key: "Publish" as const, value })),
      ];
      const request = { name: parseSandboxName("web"), units: [], command, settings, copy: false };
      const { conf } = mergeText(renderConf(request as unknown as Parameters<typeof renderConf>[0], []));
      assert.deepEqual(conf.Exec?.words, command);
      assert.equal(conf.Home, home);
      assert.deepEqual(conf.origins.Publish?.map(({ value }) => value) ?? [], ports);
    }),
    runs(),
  );
});
