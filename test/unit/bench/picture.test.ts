import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { renderPicture } from "../../bench.d/picture.ts";
import type { Results } from "../../bench.d/results.ts";

const results: Results = {
  date: "2026-01-02T03:04:05.678Z",
  small: false,
  machine: { kernel: "6.12", cpu: "a <processor>", cores: 2, gigabytes: 24 },
  rows: [
    {
      name: "start",
      title: "",
      absent: {},
      measures: [
        {
          name: "start",
          unit: "ms",
          series: [
            { party: "sandbox of Exec=", values: [40, 50, 60] },
            { party: "Quadlet", values: [100, 100, 100] },
          ],
        },
        { name: "restart", unit: "ms", series: [{ party: "Quadlet", values: [7777] }] },
      ],
    },
  ],
};

test("a bar is as long as its median, to the longest of its chart", () => {
  const widths = [...renderPicture(results).matchAll(/width="([\d.]+)" height="12"/g)].map(([, width]) =>
    Number(width),
  );
  assert.deepEqual(widths, [92.5, 185]);
});

test("a picture has what the charts name, and says where it was measured", () => {
  const picture = renderPicture(results);
  assert.match(picture, />50\.0 ms</);
  assert.doesNotMatch(picture, /7777/);
  assert.match(picture, /2 cores of a &lt;processor&gt;, 24 GB, Linux 6\.12, 2026-01-02/);
});

test("README shows the picture", () => {
  const read = (path: string): string => readFileSync(join(import.meta.dirname, "../../..", path), "utf8");
  assert.match(read("README.md"), /!\[[^\]]+\]\(docs\/bench\.svg\)/);
  assert.match(read("docs/bench.svg"), /^<svg /);
});
