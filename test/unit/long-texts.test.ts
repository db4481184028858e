import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAudit } from "../../helpers/command/audit/parse-audit.ts";
import { findMentioned } from "../../helpers/command/suggest-capabilities.ts";
import { servesDhcp } from "../../helpers/host/libvirt/networks.ts";
import { parseRelation } from "../../helpers/host/packages/dpkg.ts";
import { parseRequirement, parseRpmVersions } from "../../helpers/host/packages/rpm.ts";
import { parseAccountIds, parseSubordinateIds } from "../../helpers/sandbox/id-range.ts";
import { parseLevels } from "../../helpers/sandbox/levels.ts";
import { planAccounts } from "../../helpers/sandbox/manifest/accounts.ts";
import { findReferred } from "../../helpers/sandbox/manifest/etc.ts";
import { hasOwnSteps, namesData } from "../../helpers/sandbox/manifest/maintainer-steps.ts";

const planWith = (loginDefs: string) =>
  planAccounts({ lookUp: () => undefined, list: () => [], readText: () => loginDefs }, []);
const many = 100_000;

// Each of these took seconds to minutes, because something went back to the beginning again and again.
const slow: Readonly<Record<string, () => unknown>> = {
  "empty lines in login.defs": () => planWith("\n".repeat(many)),
  "empty lines in a configuration": () => findReferred("\n".repeat(many)),
  "dots after a path in a configuration": () => findReferred(`/etc/a${".".repeat(many)}b`),
  "empty lines in a maintainer script": () => namesData("\n".repeat(many)),
  "beginnings of debhelper's additions without an end": () =>
    hasOwnSteps("# Automatically added by x\n".repeat(many / 2)),
  "parentheses in a requirement of rpm": () => parseRequirement(`(a${")".repeat(many)}b`),
  "carriage returns in subuid": () => parseSubordinateIds("\r".repeat(many)),
  "line separators in passwd": () => parseAccountIds("\u2028".repeat(many)),
  "versions of one package of rpm": () => parseRpmVersions("a\t1\tx86_64\n".repeat(many / 2)),
  "parentheses in a relation of dpkg": () => parseRelation(`a${"(".repeat(many)}\n)`),
  "a word without = in an audit record": () =>
    parseAudit(`type=AVC msg=audit(1.1:1): apparmor="DENIED" profile="x" ${"a".repeat(many)}`),
  "sockets and raw in a message of a service": () => findMentioned("socket raw nft ".repeat(many / 10)),
  "addresses without an end in a network of libvirt": () => servesDhcp("<ip a='b'>".repeat(many)),
  "all categories again and again in a level": () => parseLevels(`s0:c0.c1023${",c0.c1023".repeat(many)}`),
};

for (const [what, read] of Object.entries(slow))
  test(`a long text takes a short time: ${what}`, () => {
    const { user: before } = process.cpuUsage();
    read();
    assert.ok(process.cpuUsage().user - before < 1_500_000);
  });
