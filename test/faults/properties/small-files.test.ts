import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { quoteForShell } from "../../../base/text.ts";
import type { Conf } from "../../../conf/conf.ts";
import { splitWords } from "../../../conf/values/exec.ts";
import { parseMount } from "../../../conf/values/mount.ts";
import { ValueError } from "../../../conf/values/values.ts";
import { quoteExecWord } from "../../../generator/output.ts";
import { fieldsOf } from "../../../helpers/command/record-event.ts";
import { formatEntry } from "../../../helpers/host/systemd/notify.ts";
import { renderMountOptions } from "../../../helpers/run/attach/mount-sources.ts";
import { planClaims } from "../../../helpers/run/claims.ts";
import { judgePackages } from "../../../helpers/run/configure/configure-sandbox.ts";
import { parseClientRecord } from "../../../helpers/run/network/dhcp-client.ts";
import { renderTaken } from "../../../helpers/run/network/taken-addresses.ts";
import { type Domain, renderDomain } from "../../../helpers/run/prepare/domain-xml.ts";
import { renderInnerMounts, sourcesOf } from "../../../helpers/run/prepare/plan-domain.ts";
import { readServiceSettings, renderCleared } from "../../../helpers/run/relax/service-settings.ts";
import { parseContainer } from "../../../helpers/run/running/earlier-run.ts";
import { parseRunRecord, type RunContainer, type RunRecord } from "../../../helpers/run/running/run-record.ts";
import { orOwnError } from "./bounds.ts";
import { nearTo } from "./hostile.ts";
import { runs } from "./runs.ts";

const emptyDomain: Omit<Domain, "filesystems"> = {
  ...{
    name: parseSandboxName("web1"),
    uuid: "0e7e0e3c-5c1c-4a55-9f4c-0123456789ab",
    memoryKibibytes: 1,
    controller: null,
  },
  ...{
    init: ["/x"],
    environment: {},
    idBase: null,
    hostNetwork: false,
    nic: null,
    context: null,
    capabilities: [],
  },
};

const process = fc.record(
  { pid: fc.integer({ min: 2, max: 2 ** 22 }), began: fc.nat().map(String) },
  { noNullPrototype: true },
);

const container = fc.oneof(
  fc.constantFrom<RunContainer>({ kind: "asked" }, { kind: "gone" }),
  fc.record(
    { kind: fc.constant("started" as const), init: process, controller: fc.option(process) },
    { noNullPrototype: true },
  ),
);
const words = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 3 });
const runRecord = fc.record(
  {
    ...{ build: fc.string(), name: fc.constant(parseSandboxName("web1")), stamp: fc.string() },
    plan: fc.record<RunRecord["plan"]>(
      {
        control: fc.constantFrom(
          { kind: "none" },
          { kind: "selinux" },
          { kind: "apparmor", profile: "p", entry: "p//&q" },
        ),
        entry: fc.constantFrom(
          null,
          { capabilities: "0", context: null },
          { capabilities: "1f020a44dfb", context: "u:r:t:s0:c1,c2" },
        ),
        ...{ systemCalls: fc.string({ minLength: 1 }), claims: words, isCommand: fc.boolean(), units: words },
        network: fc.constantFrom(null, { kind: "host" }),
        sockets: fc.constantFrom([], [{ unit: "sandbox-web1-53.udp.socket", protocol: "udp", port: 53 }]),
        ports: fc.constant(null),
      },
      { noNullPrototype: true },
    ),
    container,
  },
  { noNullPrototype: true },
);

test("the record of what runs is the same after it is written and read, and none if any of it is missing", () => {
  fc.assert(
    fc.property(runRecord, fc.nat(), (record, which) => {
      const text = JSON.stringify(record, null, 1);
      assert.deepEqual(parseRunRecord(record.name, text), record);
      assert.equal(parseRunRecord(record.name, text.slice(0, which % text.length)), undefined);
      assert.equal(parseRunRecord(parseSandboxName("web"), text), undefined);
      for (const part of [record, record.plan, record.container]) {
        const field = Object.keys(part)[which % Object.keys(part).length] ?? "";
        const without = JSON.stringify(record, (_key, value: unknown) =>
          value === part ? Object.fromEntries(Object.entries(part).filter(([each]) => each !== field)) : value,
        );
        assert.equal(parseRunRecord(record.name, without), undefined, `${field} of ${text}`);
      }
    }),
    runs(),
  );
});

test("the record of a DHCP client, and what an earlier build recorded of a start, is read as it was written", () => {
  fc.assert(
    fc.property(process, fc.option(process), (init, controller) => {
      const text = [init, ...(controller === null ? [] : [controller])].map(({ pid, began }) => `${pid} ${began}`);
      assert.deepEqual(parseContainer(`${text.join(" ")}\n`), { kind: "started", init, controller });
      assert.deepEqual(parseClientRecord(`${init.pid} ${init.began}\n`), { kind: "started", client: init });
    }),
    runs(),
  );
});

test("addresses that are taken are whole commands of nft", () => {
  const bridge = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,14}$/);
  fc.assert(
    fc.property(bridge, fc.array(fc.ipV4()), (name, addresses) => {
      assert.match(renderTaken(name, addresses), /^(add|flush) [^\n]*(\n(add|flush) [^\n]*)*\n$/);
    }),
    runs(),
  );
});

test("mounts are the same for attach as in the conf, and each folder inside is one line", () => {
  const value = nearTo(
    "host-bind:/srv/www=/data/www",
    "host-bind,suid:/a=/b c",
    "host-image:/x=/y.img",
    "ram:/z=64M",
    "guest-bind:/p=/q",
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (values) => {
      const mounts = values.flatMap((each) => orOwnError(() => parseMount(each), [ValueError]) ?? []);
      const sources = sourcesOf({ Mount: mounts } as unknown as Conf);
      const outer = mounts.filter(({ kind }) => kind !== "guest-bind");
      assert.deepEqual(
        sources.map((source) => ("path" in source ? source.path : source.bytes)),
        outer.map((mount) => ("source" in mount ? mount.source : "bytes" in mount ? mount.bytes : undefined)),
      );
      const inner = renderInnerMounts({ Mount: mounts }).split("\n");
      assert.equal(inner.length - 1, 2 * (mounts.length - outer.length));
    }),
    runs(),
  );
});

/** What an XML parser makes of the attribute of each target (XML 1.0, 3.3.3). */
const readTargets = (xml: string): readonly string[] =>
  [...xml.matchAll(/<target dir="([^"]*)"/g)].map(([, text = ""]) =>
    text
      .replaceAll(/[\t\r\n]/g, " ")
      .replaceAll(
        /&(lt|gt|quot|apos|amp);/g,
        (_, name: string) => ({ lt: "<", gt: ">", quot: '"', apos: "'" })[name] ?? "&",
      ),
  );

test("libvirt mounts on the paths of the conf", () => {
  const path = nearTo("/srv/www", "/var/lib/a b", "/srv/<&\">'").map((each) => `ram:${each}=64M`);
  fc.assert(
    fc.property(path, (value) => {
      const mount = orOwnError(() => parseMount(value), [ValueError]);
      if (mount === undefined) return;
      const filesystems = [{ source: "/x", target: mount.target, readOnly: false }];
      const xml = renderDomain({ ...emptyDomain, filesystems });
      assert.deepEqual(readTargets(xml), [mount.target]);
      assert.doesNotMatch(xml, /[\0-\x08\x0b-\x1f\ufffe\uffff]/);
    }),
    runs(),
  );
});

test("ids and a level are the same for attach and for the claims", () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 28_671 }), fc.nat(1023), fc.nat(1023), (index, low, high) => {
      const [base, level] = [index * 65_536, `s0:c${low},c${high}`];
      const { owner, ids, context } = renderMountOptions(`0:${base}:65536`, `system_u:object_r:x_t:${level}`);
      assert.equal(owner, base);
      const mounted = `0:${ids?.first}:${ids?.count} ${context}`;
      for (const claim of planClaims(base, level, null))
        assert.ok(mounted.includes(claim.slice(claim.indexOf("-") + 1)), claim);
    }),
    runs(),
  );
});

test("settings that were turned off leave the others of their unit as they were", () => {
  const key = fc.constantFrom("PrivateTmp", "BindPaths", "LimitNOFILE");
  const setting = fc.record({ key, value: fc.stringMatching(/^[a-z0-9/:]{1,8}$/) }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(setting), fc.nat(), fc.constantFrom("", "no"), (all, which, neutral) => {
      const chosen = all[which % Math.max(all.length, 1)];
      if (chosen === undefined) return;
      const unit = all.map((each) => `${each.key}=${each.value}\n`).join("");
      const cleared = renderCleared("a.service", [{ setting: chosen, neutral }], all);
      const after = readServiceSettings(`[Service]\n${unit}${cleared}`, "a.service");
      if (neutral === "") assert.deepEqual(new Set(after), new Set(all.filter((each) => each !== chosen)));
      else assert.deepEqual(after, [...all, { key: chosen.key, value: neutral }]);
    }),
    runs(),
  );
});

test("a package is configured only if it was asked for and the report says so in a line of its own", () => {
  const packages = fc.uniqueArray(fc.constantFrom("a", "b", "libc6:amd64", "constructor"));
  fc.assert(
    fc.property(packages, nearTo("ok a\nfailed 7 b\nok libc6:amd64\n"), (asked, said) => {
      const { done, failed } = judgePackages(asked, said);
      assert.deepEqual([...done, ...failed.map(({ name }) => name)].sort(), [...asked].sort());
      for (const name of done) assert.ok(said.split("\n").includes(`ok ${name}`));
      for (const { status } of failed) assert.match(status ?? "0", /^\d+$/);
    }),
    runs(),
  );
});

test("a quoted word is one word, for a shell and for systemd", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (word) => {
      assert.equal(quoteForShell(word).replaceAll("'\\''", "").match(/'/g)?.length, 2);
      if (word.includes("\0")) return;
      const read = splitWords(quoteExecWord(word)).map((each) => each.replaceAll("%%", "%").replaceAll("$$", "$"));
      assert.deepEqual(read, [word]);
    }),
    runs(),
  );
});

test("an entry for the journal has one line for each field", () => {
  const key = nearTo("Publish", "MemoryMax");
  fc.assert(
    fc.property(fc.array(key), (keys) => {
      // The keys of assignments are words.
      const words = keys.filter((each) => /^[A-Za-z0-9-]+$/.test(each));
      const fields = fieldsOf(parseSandboxName("web1"), { event: "changed", keys: words });
      assert.equal(formatEntry(fields).split("\n").length, Object.keys(fields).length + 1);
    }),
    runs(),
  );
});
