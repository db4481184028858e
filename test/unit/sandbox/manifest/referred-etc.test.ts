import assert from "node:assert/strict";
import { test } from "node:test";
import { findReferred } from "../../../../helpers/sandbox/manifest/etc.ts";
import { directory, file, link } from "./fake-host.ts";
import { plan, record, type Table, unitFacts } from "./scenario.ts";

const nagios = record("nagios", ["/etc/nagios", "/etc/nagios/nagios.cfg", "/etc/nagios/objects.cfg"]);
const base = record("base", ["/etc/shared", "/etc/shared/other"]).replace(/\n/, "\trequired\n");
const plugins = record("plugins", ["/etc/plugins", "/etc/plugins/config", "/etc/plugins/config/ping.cfg"]);

function planNagios(text: string, host: Table = {}) {
  return plan({
    packages: ["nagios"],
    extra: nagios + plugins + base,
    host: {
      "/etc/nagios": directory(),
      "/etc/nagios/nagios.cfg": file(text),
      "/etc/plugins/config": directory(),
      ...host,
    },
  });
}

test("a folder of another package that the configuration includes comes along", () => {
  const { at } = planNagios("cfg_dir=/etc/plugins/config\n");
  assert.equal(at("/etc/plugins/config/ping.cfg")?.reason, "/etc/nagios/nagios.cfg names it");
  assert.equal(at("/etc/plugins/config")?.reason, "/etc/nagios/nagios.cfg names it");
  assert.equal(planNagios("# cfg_dir=/etc/plugins/config\n").at("/etc/plugins/config/ping.cfg"), undefined);
});

test("what an included file names comes along as well, and a circle ends", () => {
  const { at } = planNagios("include /etc/plugins/config/*.cfg", {
    "/etc/plugins/config/ping.cfg": file("file /etc/lists/hosts; /etc/plugins/config/ping.cfg\n"),
    "/etc/lists/hosts": file(),
  });
  assert.notEqual(at("/etc/lists/hosts"), undefined);
});

test("what not everybody may read stays outside, and so do folders that every system has", () => {
  const { at } = planNagios("key /etc/keys/host.key\ndir /etc/keys\nall /etc/shared/ /etc/opt /etc/crypttab\n", {
    "/etc/opt": directory(),
    "/etc/opt/other": file(),
    "/etc/crypttab": file(),
    "/etc/keys/host.key": file("secret", 0o640),
    "/etc/keys/public": file(),
    "/etc/shared": directory(),
  });
  assert.equal(at("/etc/keys/host.key"), undefined);
  assert.notEqual(at("/etc/keys/public"), undefined);
  for (const path of ["/etc/shared/other", "/etc/opt/other", "/etc/crypttab"]) assert.equal(at(path), undefined);
});

test("a link comes along with what it leads to in /etc", () => {
  const { at } = planNagios("certificate = '/etc/certs/www'", {
    "/etc/certs/www": link("../pool/www.crt"),
    "/etc/pool/www.crt": file(),
  });
  assert.deepEqual([at("/etc/certs/www")?.kind, at("/etc/pool/www.crt")?.kind], ["link", "file"]);
});

test("what a link leads to elsewhere stays outside, and so does what is named there", () => {
  const { at } = planNagios("include /etc/elsewhere", {
    "/etc/elsewhere": { ...link("/srv/list"), text: "/etc/lists/hosts\n" },
    "/srv/list": file("/etc/lists/hosts\n"),
    "/etc/lists/hosts": file(),
  });
  assert.deepEqual(at("/etc/elsewhere")?.source, { link: "/srv/list" });
  for (const path of ["/srv/list", "/etc/lists/hosts"]) assert.equal(at(path), undefined);
});

test("a path that leads through a link below a closed folder stays outside", () => {
  const { at } = planNagios("include /etc/linked/list\n", {
    "/etc/linked": link("/root/lists"),
    "/etc/linked/list": file("secret"),
    "/root": directory(0o700),
    "/root/lists/list": file("secret"),
  });
  assert.equal(at("/etc/linked/list"), undefined);
});

test("what names a path is a file in /etc that is the service's, alone or with others, or nobody's", () => {
  const names = ["own", "both", "nobodys", "lib", "elsewhere", "link"];
  const naming = (name: string) => file(`include /etc/lists/${name}\n`);
  const { at } = plan({
    packages: ["nagios"],
    extra:
      record("nagios", ["/etc/nagios", "/etc/nagios/own", "/etc/nagios/both"]).replace("\t\t\t\n", "\tlib\t\t\n") +
      record("lib", ["/etc/nagios/both", "/etc/lib.conf"]),
    units: [unitFacts("nagios.service", { directories: [{ path: "/srv/nagios", setting: "ConfigurationDirectory" }] })],
    host: {
      "/etc/nagios": directory(),
      "/etc/nagios/own": naming("own"),
      "/etc/nagios/both": naming("both"),
      "/etc/nagios/local": naming("nobodys"),
      "/etc/nagios/link": { ...link("/srv/nagios/link"), text: "include /etc/lists/link\n" },
      "/etc/lib.conf": naming("lib"),
      "/srv/nagios": directory(),
      "/srv/nagios/file": naming("elsewhere"),
      ...Object.fromEntries(names.map((name) => [`/etc/lists/${name}`, file()])),
    },
  });
  assert.notEqual(at("/srv/nagios/file"), undefined);
  assert.deepEqual(
    names.filter((name) => at(`/etc/lists/${name}`) !== undefined),
    ["own", "both", "nobodys"],
  );
});

test("paths are found in the ways that configurations write them", () => {
  const text = `Include "/etc/a/b.conf".
  // /etc/comment
  ; /etc/comment
  x=/etc/c.d/*.conf y:/etc/d//e/ /usr/etc/no ./etc/no /etc/f,/etc/g
  /etc/h... /etc/i/v*/x /etc/../usr/no`;
  assert.deepEqual(findReferred(text), [
    ...["/etc/a/b.conf", "/etc/c.d", "/etc/d/e", "/etc/f", "/etc/g"],
    ...["/etc/h", "/etc/i"],
  ]);
});
