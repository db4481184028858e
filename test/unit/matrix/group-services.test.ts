import assert from "node:assert/strict";
import { test } from "node:test";
import { findConflicts } from "../../matrix.d/group-services.ts";

const records = `Package: exim4
Provides: mail-transport-agent
Conflicts: mail-transport-agent

Package: postfix
Provides: default-mta, mail-transport-agent
Conflicts: libnss-db (<< 2.2-3), mail-transport-agent

Package: apache2
Conflicts: apache2.2-bin (<< 2.3~), lighttpd-old
`;

test("packages conflict by name and by what they provide, and none with itself", () => {
  const conflict = findConflicts(records);
  assert.equal(conflict("exim4", "postfix"), true);
  assert.equal(conflict("postfix", "exim4"), true);
  assert.equal(conflict("exim4", "exim4"), false);
  assert.equal(conflict("apache2", "postfix"), false);
  assert.equal(conflict("unknown", "postfix"), false);
});
