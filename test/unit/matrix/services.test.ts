import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseServices } from "../../matrix.d/services.ts";

const header = "package\tunit\tplace\tprobe\tprobe-client-pkg\tlisten\tclass";

test("a line is a service with its probe's packages and the ports that it opens to everybody", () => {
  const line = "varnish\tvarnish.service\toutside\tcurl $IP | grep x\tcurl, bash\t6081/tcp,6081/udp,6082/tcp(lo)\tB";
  assert.deepEqual(parseServices(`${header}\n${line}\n`, "list.tsv"), [
    {
      package: "varnish",
      unit: "varnish.service",
      place: "outside",
      probe: "curl $IP | grep x",
      clients: ["curl", "bash"],
      ports: [6081],
      network: null,
    },
  ]);
});

// F9
test("a list may give a service a network", () => {
  const lines = ["a\ta.service\tinside\ttrue\t\t-\tB\tdefault", "b\tb.service\tinside\ttrue\t\t-\tB"];
  const services = parseServices(`${header}\tnetwork\n${lines.join("\n")}\n`, "list.tsv");
  assert.deepEqual(
    services.map(({ network }) => network),
    ["default", null],
  );
});

test("a missing column and an unfinished line are named with their place", () => {
  assert.throws(() => parseServices("package\tunit\n", "list.tsv"), /list\.tsv:1: there is no column place/);
  assert.throws(
    () => parseServices(`${header}\n# a comment\nx\ty.service\tnowhere\ttrue\n`, "list.tsv"),
    /list\.tsv:3:/,
  );
});

test("the lists here can be read", () => {
  const directory = join(import.meta.dirname, "../../matrix.d");
  for (const name of readdirSync(directory).filter((each) => each.endsWith(".tsv"))) {
    const services = parseServices(readFileSync(join(directory, name), "utf8"), name);
    assert.ok(services.length > 10);
  }
});
