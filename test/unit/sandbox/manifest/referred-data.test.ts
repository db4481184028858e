import assert from "node:assert/strict";
import test from "node:test";
import { describeLeftBehind, planReferredData } from "../../../../helpers/sandbox/manifest/data.ts";
import { directory, file, link, socket } from "./fake-host.ts";
import { plan, record } from "./scenario.ts";

/** What the configuration of a service brings from a host, and what stays behind. */
function refer(text: string, host: NonNullable<Parameters<typeof plan>[0]["host"]>, extra = "", copy = true) {
  const conf = "/etc/shop/shop.conf";
  const scenario = { packages: ["shop"], copy, extra: record("shop", ["/etc/shop", conf, "/var/lib/shop"]) + extra };
  const { database, selection, host: tree, at } = plan({ ...scenario, host: { ...host, [conf]: file(text) } });
  const { entries, leftBehind } = planReferredData({ database, selection, host: tree }, [conf]);
  const sources = entries.map(({ path, source }) =>
    source !== undefined && "copyTree" in source ? `${path} <- ${source.copyTree}` : path,
  );
  return { sources, leftBehind: leftBehind.map(({ path }) => path), at };
}

test("a site and a file that configuration names come with the host's data", () => {
  const text =
    'root /srv/www/shop;\nalias "/var/www/images/";\nusers /srv/www/users;\n# root /srv/www/no;\nx /srv/none/x\n';
  const host = {
    ...{ "/srv/www/shop": directory(), "/srv/www/users": file(), "/srv/www/no": directory() },
    ...{ "/var/www/images": directory() },
  };
  const { sources, leftBehind, at } = refer(text, host);
  assert.deepEqual(sources, ["/srv/www/shop <- /srv/www/shop", "/var/www/images <- /var/www/images", "/srv/www/users"]);
  assert.deepEqual(leftBehind, []);
  assert.match(at("/srv/www/shop")?.reason ?? "", /^\/etc\/shop\/shop\.conf names it; with the host's data$/);
  assert.equal(refer(text, host, "", false).at("/srv/www/shop"), undefined);
});

test("data that was moved elsewhere comes into its place", () => {
  const host = { "/srv/www": link("/data/www"), "/data/www/shop": directory(0o750), "/srv/one": link("/data/one") };
  const { sources } = refer("/srv/www/shop /srv/one/\n", { ...host, "/data/one": directory() });
  assert.deepEqual(sources, ["/srv/one <- /data/one"]);
});

test("the data of other packages, everybody's folders and what is elsewhere stay behind, and are named", () => {
  const extra = record("mysql", ["/var/lib/mysql"]) + record("more", ["/var/lib/all/more/x"]);
  const names = [
    "/var/lib/mysql/db",
    "/var/lib/all",
    "/home/shop/www",
    "/var/lib",
    "/var/log/shop",
    "/run/shop",
    "/srv",
  ];
  const host = {
    ...Object.fromEntries(names.map((path) => [path, directory()])),
    ...{ "/var/lib/all/more/x": file(), "/home/shop/text": file(), "/var/lib/mysql/socket": socket() },
  };
  const { sources, leftBehind } = refer(`${names.join("\n")}\n/home/shop/text\n/var/lib/mysql/socket\n`, host, extra);
  assert.deepEqual(sources, []);
  assert.deepEqual(leftBehind, ["/var/lib/mysql/db", "/var/lib/all", "/home/shop/www", "/var/lib"]);
});

test("what stays behind is named with the file that names it, the first five of many", () => {
  const many = Array.from({ length: 7 }, (_, index) => ({ path: `/home/${index}`, by: "/etc/x" }));
  const text = describeLeftBehind(many);
  assert.match(text, /\/home\/0 \(\/etc\/x names it\), .*\/home\/4 \(\/etc\/x names it\) and 2 more\. .*copy-to$/);
  assert.doesNotMatch(describeLeftBehind(many.slice(0, 1)), /more\./);
});
