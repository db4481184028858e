import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { eventually, useBed } from "../bed.ts";
import { putPrograms } from "../debian-programs.ts";
import { useSandboxes } from "../sandbox.ts";

// Debian's own Prometheus, promtool and node_exporter.
const bed = useBed("native");
const { make } = useSandboxes(bed);
const folder = "/var/lib/prometheus/node-exporter";
const file = `${folder}/sandboxcontainer.prom`;
const programs = {
  prometheus: ["usr/bin/prometheus"],
  promtool: ["usr/bin/promtool"],
  "prometheus-node-exporter": ["usr/bin/prometheus-node-exporter"],
};

const push = async (from: string, to: string): Promise<unknown> =>
  promisify(execFile)(join(import.meta.dirname, "../../bed"), ["push", "native", from, to]);

before(async () => {
  await putPrograms(programs);
  await push(join(import.meta.dirname, "../../../docs/metrics/alerts.yml"), "/root/prometheus/alerts.yml");
  await bed.run("mkdir", "-p", folder);
  await bed.run("sandboxcontainer", "create", "well", "--start", "--", "/usr/bin/sleep", "infinity");
});

after(async () => {
  await bed.try("systemctl", "stop", "try-direct", "try-exporter", "try-prometheus");
  await bed.try("systemctl", "disable", "--now", "sandboxcontainer-metrics.timer");
  await bed.try("sandboxcontainer", "delete", "--force", "well");
  const paths = Object.keys(programs).map((name) => `/usr/local/bin/${name}`);
  await bed.try("rm", "-rf", "/var/lib/prometheus", "/root/prometheus", ...paths);
});

test("promtool finds nothing wrong with the metrics and the alerts", async () => {
  const linted = await bed.try(
    "sh",
    "-c",
    `sandboxcontainer stats --textfile ${file} && promtool check metrics <${file}`,
  );
  assert.deepEqual([linted.status, linted.stdout, linted.stderr], [0, "", ""]);
  assert.match(await bed.run("promtool", "check", "rules", "--lint-fatal", "/root/prometheus/alerts.yml"), /SUCCESS/);
});

const configuration = `global: { scrape_interval: 2s, evaluation_interval: 2s }
rule_files: [alerts.yml]
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ["127.0.0.1:9100"] }]
  - job_name: direct
    scrape_protocols: [OpenMetricsText1.0.0]
    metrics_path: /metrics.txt
    static_configs: [{ targets: ["127.0.0.1:9101"] }]
`;

// Serves what the command prints as Prometheus asks for it.
const direct = `import http.server, subprocess
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = subprocess.run(["sandboxcontainer", "stats", "--openmetrics"], stdout=subprocess.PIPE, check=True).stdout
        self.send_response(200)
        self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
        self.end_headers()
        self.wfile.write(text)
http.server.HTTPServer(("127.0.0.1", 9101), Answer).serve_forever()
`;

/** Asks Prometheus, and resolves to the value for each set of labels. */
async function ask(
  query: string,
): Promise<readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[]> {
  const text = await bed.run(
    "curl",
    "-sf",
    "--get",
    "--data-urlencode",
    `query=${query}`,
    "http://127.0.0.1:9090/api/v1/query",
  );
  const { data } = JSON.parse(text) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

test("Prometheus gets the same from node_exporter and from the OpenMetrics text, and an alert sees a failure", async (t) => {
  await make(t, "sick", "--", "/bin/false");
  await bed.try("systemctl", "start", "sandbox@sick");
  await bed.run("systemctl", "enable", "--now", "sandboxcontainer-metrics.timer");
  await bed.run("systemctl", "start", "sandboxcontainer-metrics.service");
  await bed.feed(configuration, "sh", "-c", "cat >/root/prometheus/prometheus.yml");
  await bed.feed(direct, "sh", "-c", "cat >/root/prometheus/direct.py");
  const serve = (unit: string, ...words: readonly string[]) =>
    bed.run("systemd-run", "--quiet", "--collect", `--unit=${unit}`, ...words);
  await serve("try-exporter", "prometheus-node-exporter", "--web.listen-address=127.0.0.1:9100");
  await serve("try-direct", "python3", "/root/prometheus/direct.py");
  const storage = "--storage.tsdb.path=/root/prometheus/data";
  const listen = "--web.listen-address=127.0.0.1:9090";
  await serve("try-prometheus", "prometheus", "--config.file=/root/prometheus/prometheus.yml", storage, listen);
  await eventually(async () => {
    const states = await ask('sandboxcontainer_state{state="active",name="well"} == 1');
    assert.deepEqual(states.map(({ metric }) => metric["job"]).sort(), ["direct", "node"]);
  });
  assert.equal(
    (await ask('sandboxcontainer_state{job="node"} unless on (name, state) sandboxcontainer_state{job="direct"}'))
      .length,
    0,
  );
  assert.deepEqual((await ask("up == 0")).length, 0);
  assert.deepEqual((await ask("node_textfile_scrape_error == 1")).length, 0);
  const types = await bed.run(
    "curl",
    "-sf",
    "http://127.0.0.1:9090/api/v1/metadata?metric=sandboxcontainer_cpu_seconds_total",
  );
  assert.match(types, /"type":"counter".*"help":"Time of processors since the start\."/);
  await eventually(async () => {
    const alerts = await ask('ALERTS{alertname="SandboxFailed",name="sick"}');
    assert.ok(alerts.length > 0);
  });
});
