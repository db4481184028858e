import assert from "node:assert/strict";
import test from "node:test";
import { planAccounts } from "../../../../helpers/sandbox/manifest/accounts.ts";
import { planUpdated } from "../../../../helpers/sandbox/manifest/updated.ts";
import { fakeHost, file } from "./fake-host.ts";

const cache = "/etc/ld.so.cache";
const catalog = "/var/lib/systemd/catalog/database";
const plan = (paths: readonly string[], made: readonly string[]): readonly string[] => {
  const files = Object.fromEntries(paths.map((path) => [path, file()]));
  const host = fakeHost({ ...files, "/etc/passwd": file("web:x:9:9::/:\n"), "/etc/group": file("club:x:8:\n") });
  return planUpdated(host, planAccounts(host, []), made).map(({ path }) => path);
};

test("systemd makes at the first start only what the host does not have either", () => {
  assert.deepEqual(plan([cache, catalog], ["web", "club"]), ["/etc/.updated", catalog, "/var/.updated"]);
  assert.deepEqual(plan([cache], ["web"]), ["/etc/.updated"]);
  assert.deepEqual(plan([catalog], []), [catalog, "/var/.updated"]);
  assert.deepEqual(plan([cache, catalog], ["web", "other"]), [catalog, "/var/.updated"]);
});
