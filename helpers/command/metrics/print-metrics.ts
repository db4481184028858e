import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Flags } from "../verb.ts";
import { readScrape } from "./read-scrape.ts";
import { renderMetrics } from "./render-metrics.ts";
import { openTextfile } from "./write-textfile.ts";

interface MetricsOptions extends Flags<"json" | "follow" | "disk" | "openmetrics"> {
  readonly textfile?: string;
}

/** Prints metrics as OpenMetrics, or writes them to a file of node_exporter's folder. Throws a SandboxError. */
export async function printMetrics(names: readonly SandboxName[], options: MetricsOptions): Promise<void> {
  const { json = false, follow = false, disk = false, openmetrics = false, textfile } = options;
  if ([json, follow, openmetrics, textfile !== undefined].filter(Boolean).length > 1)
    throw new SandboxError("--openmetrics, --textfile, --json and --follow cannot be combined", {
      hint: "Prometheus asks again itself: see sandboxcontainer(1), METRICS",
      status: 2,
    });
  if (textfile === undefined) process.stdout.write(renderMetrics(await readScrape(names, { disk }), "openmetrics"));
  else {
    using file = openTextfile(textfile);
    file.write(renderMetrics(await readScrape(names, { disk }), "prometheus"));
  }
}
