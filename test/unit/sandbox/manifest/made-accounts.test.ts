import assert from "node:assert/strict";
import test from "node:test";
import { findMadeAccounts } from "../../../../helpers/sandbox/manifest/accounts.ts";
import { file } from "./fake-host.ts";
import { plan, record } from "./scenario.ts";

const folder = "/usr/lib/sysusers.d";

test("the accounts of packages are those that files of sysusers.d make or join", () => {
  const paths = [
    `${folder}/a.conf`,
    `${folder}/b.conf`,
    `${folder}/README`,
    "/usr/lib/other/c.conf",
    `${folder}/absent.conf`,
  ];
  const lines = [
    "# u comment",
    "u  web - Web",
    "g\tdba 2000",
    "u! locked -:dba",
    "m member  club",
    "users x",
    "r - 5-9",
  ];
  const { database, selection, host } = plan({
    packages: ["db"],
    extra: record("db", paths),
    host: {
      [`${folder}/a.conf`]: file(`${lines.join("\n")}\nu last\n`),
      [`${folder}/b.conf`]: file("u "),
      [`${folder}/README`]: file("u readme -\n"),
      "/usr/lib/other/c.conf": file("u other -\n"),
    },
  });
  assert.deepEqual(findMadeAccounts(database, selection, host), ["web", "dba", "locked", "member", "club", "last"]);
});
