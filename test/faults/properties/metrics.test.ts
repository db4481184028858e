import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { renderMetrics } from "../../../helpers/command/metrics/render-metrics.ts";
import { parseTraffic } from "../../../helpers/host/network/traffic.ts";
import { parseMetrics } from "../../unit/command/metrics/parse-metrics.ts";
import { running, scrapeOf } from "../../unit/command/metrics/scrape.ts";
import { runs } from "./runs.ts";

// A name that is checked cannot be such a text. If that ever failed, the format must hold all the same.
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom('"', "\\", "\n", "{", "}", ",", "#", " ", "n", "\r") }),
);

test("whatever a name, a device or a version is, a reader gets it back, and no line and no label more", () => {
  fc.assert(
    fc.property(text, text, text, fc.constantFrom("openmetrics" as const, "prometheus" as const), (...words) => {
      const [name, device, version, format] = words;
      const traffic = [{ device, received: 1, sent: 2 }];
      const sandbox = {
        ...{ ...running, name: name as SandboxName },
        running: running.running === null ? null : { ...running.running, traffic },
      };
      const families = parseMetrics(renderMetrics({ ...scrapeOf(sandbox), version }, format), format);
      const find = (ending: string) => families.find((family) => family.samples[0]?.name.endsWith(ending))?.samples;
      assert.deepEqual(find("_build_info"), [
        { name: "sandboxcontainer_build_info", labels: { version: version.toWellFormed() }, value: 1 },
      ]);
      const labels = { name: name.toWellFormed(), device: device.toWellFormed() };
      assert.deepEqual(
        find("_receive_bytes_total")?.map((sample) => sample.labels),
        [labels],
      );
      assert.equal(families.length, 27);
    }),
    runs(),
  );
});

test("whatever a value is, it is a number that a reader takes, or it is left out", () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), fc.nat(), (used, deniedToday, restarts) => {
      const sandbox = { ...running, restarts, deniedToday, disk: { used, size: null } };
      const families = parseMetrics(renderMetrics(scrapeOf(sandbox), "openmetrics"), "openmetrics");
      const [sample] = families.find(({ name }) => name === "sandboxcontainer_disk_used_bytes")?.samples ?? [];
      assert.equal(sample?.value, Number.isFinite(used) ? used + 0 : undefined);
    }),
    runs(),
  );
});

test("any text of interfaces gives devices with two whole numbers", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.constantFrom(" ", ":", "1", "22", "sb-a", "\n")).map((all) => all.join("")),
      ),
      (dev) => {
        for (const [device, { received, sent }] of parseTraffic(dev)) {
          assert.match(device, /^[^\s:]+$/);
          assert.ok(received >= 0 && sent >= 0);
        }
      },
    ),
    runs(),
  );
});
