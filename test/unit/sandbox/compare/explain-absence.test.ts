import assert from "node:assert/strict";
import test from "node:test";
import { explainAbsence } from "../../../../helpers/sandbox/compare/explain-absence.ts";
import { openFixtureDatabase } from "../../host/packages/fixture-database.ts";
import { fakeHost, file } from "../manifest/fake-host.ts";
import { assertGolden } from "../manifest/golden.ts";
import { plan } from "../manifest/scenario.ts";

const host = fakeHost({
  "/etc/nginx/nginx.conf": file(),
  "/etc/mine": file(),
  "/etc/apache2/new.conf": file(),
  "/etc/ssl/openssl.cnf": file(),
});
const { entries, all } = plan({ packages: ["apache2"] });
const manifest = { population: "0", packages: all, entries };

const ask = (path: string, isThere = false) =>
  explainAbsence({ sandbox: "web1", path, manifest, database: openFixtureDatabase(), host, isThere });

test("each way of not being in a root has its reason", () => {
  const questions: readonly (readonly [string, boolean?])[] = [
    ["/etc/nginx/nginx.conf"],
    ["/etc/apache2/apache2.con"],
    ["/etc/apache2/own.conf", true],
    ["/etc/mine"],
    ["/etc/systemd/system.conf"],
    ["/usr/sbin/apache2"],
    ["/usr/nothing"],
    ["/bin/sh"],
    ["/run/apache2/apache2.pid", true],
    ["/srv/data"],
  ];
  const text = questions
    .map(([path, isThere = false]) => {
      const { reason, owners, nearest } = ask(path, isThere);
      return `${path}: ${reason} [${owners.join(" ")}] (${nearest ?? ""})\n`;
    })
    .join("");
  assertGolden("absences.txt", text);
});

test("a misspelt path has the entry that was meant as the nearest", () => {
  assert.equal(ask("/etc/apache2/ports.cnof").nearest, "/etc/apache2/ports.conf");
});
