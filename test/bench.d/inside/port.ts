import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Measure, Row, Series } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { takeTurns } from "./measure.ts";
import { copyRoot, writeUnit } from "./parties/roots.ts";
import { prefix } from "./places.ts";

interface Port {
  readonly party: string;
  readonly port: number;
}

const sandbox = `${prefix}port`;
const ports: readonly Port[] = [
  { party: "local service", port: 80 },
  { party: "published port", port: 18081 },
  { party: "podman's port", port: 18082 },
];

/** Measures what a published port costs its users: the same apache2 with the same files, in three ways. */
export function measurePort(sizes: Sizes): Row {
  startAll(sizes.megabytes);
  const turns = (measure: (port: number) => number): readonly Series[] =>
    takeTurns(
      sizes.rounds,
      ports.map(({ party, port }) => ({ party, measure: () => measure(port) })),
    );
  const measures: readonly Measure[] = [
    {
      name: "request on a new connection",
      unit: "ms",
      series: turns((port) => askOften(port, sizes.requests, 1, false).latency),
    },
    {
      name: "request on a kept connection",
      unit: "ms",
      series: turns((port) => askOften(port, sizes.requests, 1, true).latency),
    },
    {
      name: "20 clients, new connections",
      unit: "1/s",
      series: turns((port) => askOften(port, sizes.requests, 20, false).rate),
    },
    {
      name: "20 clients, kept connections",
      unit: "1/s",
      series: turns((port) => askOften(port, sizes.requests, 20, true).rate),
    },
    { name: `file of ${sizes.megabytes} MB`, unit: "MB/s", series: turns(fetchFile) },
  ];
  return { name: "port", title: "A published port", measures, absent: {} };
}

function startAll(megabytes: number): void {
  say("port: three of apache2");
  run("sandboxcontainer", "create", sandbox, "--unit", "apache2.service", "--publish", "18081:80", "--start");
  const root = copyRoot("port", sandbox);
  for (const folder of ["", root, `/var/lib/sandboxcontainer/${sandbox}/root`]) {
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
  for (const { port } of ports)
    run(
      "curl",
      "--silent",
      "--fail",
      "--retry",
      "50",
      "--retry-all-errors",
      "--retry-delay",
      "1",
      "--output",
      "/dev/null",
      url(port, "bench-file"),
    );
  say("port: asking");
}

const url = (port: number, path: string): string => `http://127.0.0.1:${port}/${path}`;

function askOften(port: number, requests: number, clients: number, keep: boolean): { latency: number; rate: number } {
  const options = ["-q", "-n", String(requests), "-c", String(clients), ...(keep ? ["-k"] : [])];
  const text = run("ab", ...options, url(port, "index.html"));
  const read = (pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
  if (read(/^Failed requests: +(\d+)/m) > 0 || /^Non-2xx/m.test(text)) throw new Error(`port ${port} failed:\n${text}`);
  return { latency: read(/^Time per request: +([\d.]+).*\(mean\)/m), rate: read(/^Requests per second: +([\d.]+)/m) };
}

const fetchFile = (port: number): number =>
  Number(
    run(
      "curl",
      "--silent",
      "--fail",
      "--output",
      "/dev/null",
      "--write-out",
      "%{speed_download}",
      url(port, "bench-file"),
    ),
  ) /
  2 ** 20;
