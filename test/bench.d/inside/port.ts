import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Measure, Row, Series } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { takeTurns } from "./measure.ts";
import { copyRoot, writeUnit } from "./parties/roots.ts";
import { memory, prefix, work } from "./places.ts";

interface Place {
  readonly party: string;
  /** Host and port, as in an URL. */
  readonly at: string;
}

const sandbox = `${prefix}port`;
const addressed = `${prefix}address`;
const network = `${prefix}lab`;
const bridge = "virbr-bench";
// The clients have these addresses, one after the other. From one address a port would come again while the server still
// remembers it, and each such connection waits for a second.
const clients = Array.from({ length: 40 }, (_, index) => `192.0.2.${index + 2}`);
const host = "192.0.2.1";
const places: readonly Place[] = [
  { party: "local service", at: `${host}:80` },
  { party: "published port", at: `${host}:18081` },
  { party: "port on the loopback", at: "127.0.0.1:18083" },
  { party: "address of its own", at: "192.168.178.2:80" },
  { party: "podman's port", at: `${host}:18082` },
];
const networkXml = `<network><name>${network}</name><bridge name='${bridge}' stp='off' delay='0'/>
  <ip address='192.168.178.1' netmask='255.255.255.0'/></network>`;

/** Measures what a network of its own costs the users of a service: the same apache2 with the same files, in five ways. */
export function measurePort(sizes: Sizes): Row {
  startAll(sizes.megabytes);
  const turns = (measure: (at: string) => number): readonly Series[] =>
    takeTurns(
      sizes.rounds,
      places.map(({ party, at }) => ({ party, measure: () => measure(at) })),
    );
  const ask = (name: string, unit: Measure["unit"], what: keyof Answers, count: number, keep: boolean): Measure => ({
    name,
    unit,
    series: turns((at) => askOften(at, sizes.requests, count, keep)[what]),
  });
  const measures = [
    ask("request on a new connection", "ms", "latency", 1, false),
    ask("request on a kept connection", "ms", "latency", 1, true),
    ask("20 clients, new connections", "1/s", "rate", 20, false),
    ask("20 clients, kept connections", "1/s", "rate", 20, true),
    ask("20 clients, new connections: 99 of 100 within", "ms", "slowest", 20, false),
    { name: `file of ${sizes.megabytes} MB`, unit: "MB/s" as const, series: turns(fetchFile) },
  ];
  return { name: "port", title: "A published port, and an address", measures, absent: {} };
}

function startAll(megabytes: number): void {
  say("port: four of apache2");
  const ports = ["--publish", "18081:80", "--publish", "127.0.0.1:18083:80"];
  run("sandboxcontainer", "create", sandbox, "--unit", "apache2.service", ...ports, "--start");
  run("ip", "link", "add", `${prefix}clients`, "type", "bridge");
  for (const address of [host, ...clients]) run("ip", "address", "add", `${address}/24`, "dev", `${prefix}clients`);
  run("ip", "link", "set", `${prefix}clients`, "up");
  writeFileSync(join(work, "network.xml"), networkXml);
  run("virsh", "--quiet", "--connect", "lxc:///system", "net-define", join(work, "network.xml"));
  const settings = ["--set", `Network=${network}`, "--set", "Address=192.168.178.2/24"];
  run("sandboxcontainer", "create", addressed, "--unit", "apache2.service", ...settings, "--start");
  const root = copyRoot("port", sandbox);
  const roots = [sandbox, addressed].map((name) => `/var/lib/sandboxcontainer/${name}/root`);
  for (const folder of ["", root, ...roots]) {
    run("truncate", `--size=${megabytes}M`, join(folder, "/var/www/html/bench-file"));
  }
  writeFileSync(join(root, "run-apache"), "#!/bin/sh\nmkdir -p /run/lock\nexec apachectl -D FOREGROUND\n", {
    mode: 0o755,
  });
  writeUnit("port.container", [
    "[Container]",
    `Rootfs=${root}`,
    "Exec=/run-apache",
    "PublishPort=18082:80",
    "Volume=/usr:/usr:ro",
    "PodmanArgs=--cgroups=disabled",
  ]);
  run("systemctl", "daemon-reload");
  run("systemctl", "start", "apache2.service", `${prefix}port.service`);
  const retries = ["--retry", "50", "--retry-all-errors", "--retry-delay", "1"];
  for (const { at } of places)
    run("curl", "--silent", "--fail", ...retries, "--output", "/dev/null", url(at, "bench-file"));
  say("port: asking");
}

const url = (at: string, path: string): string => `http://${at}/${path}`;

/** In milliseconds for one request, what 99 of 100 take at most, and requests a second of all clients. */
interface Answers {
  readonly latency: number;
  readonly slowest: number;
  readonly rate: number;
}

let turn = 0;

function askOften(at: string, requests: number, count: number, keep: boolean): Answers {
  // ab prints only whole milliseconds.
  const percentiles = join(memory, "ab.csv");
  const from = at.startsWith(`${host}:`) ? ["-B", clients[turn++ % clients.length] ?? ""] : [];
  const options = [
    "-q",
    "-n",
    String(requests),
    "-c",
    String(count),
    "-e",
    percentiles,
    ...(keep ? ["-k"] : []),
    ...from,
  ];
  const text = run("ab", ...options, url(at, "index.html"));
  const read = (pattern: RegExp, within = text): number => Number(pattern.exec(within)?.[1]);
  if (read(/^Failed requests: +(\d+)/m) > 0 || /^Non-2xx/m.test(text)) throw new Error(`${at} failed:\n${text}`);
  return {
    latency: read(/^Time per request: +([\d.]+).*\(mean\)/m),
    slowest: read(/^99,([\d.]+)/m, readFileSync(percentiles, "utf8")),
    rate: read(/^Requests per second: +([\d.]+)/m),
  };
}

function fetchFile(at: string): number {
  const options = ["--silent", "--fail", "--output", "/dev/null", "--write-out", "%{speed_download}"];
  return Number(run("curl", ...options, url(at, "bench-file"))) / 2 ** 20;
}
