import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

// These lead to what a process has: its root, its files. If it is one of a sandbox, it may have led them anywhere.
const throughProcess = /\/proc\/(?:\$\{[^}]*\}|\$\w+|"?\$[({]?\w+[)}]?"?|%\w+)\/(?:root|cwd|exe|fd|map_files)\b.*/g;
// These processes are launch and libvirt's controller, of the host.
const allowed = [
  "helpers/host/files/mounts.ts: /proc/${process.pid}/root`, constants.O_RDONLY | constants.O_DIRECTORY));",
  "helpers/run/network/ask-address.ts: /proc/${process.pid}/fd/${descriptor}`, constants.O_RDWR);",
];

const top = join(import.meta.dirname, "../..");
const sources = ["base", "conf", "generator", "helpers", "units"].flatMap((folder) =>
  readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
);

test("the host resolves no path through a process of a sandbox", () => {
  const found = sources.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(throughProcess)].map(([path]) => `${file.slice(top.length + 1)}: ${path}`),
  );
  assert.deepEqual(found, allowed);
});

test("only our own program joins namespaces of a sandbox", () => {
  const found = sources.filter((file) =>
    /\bnsenter\b.*(?:--target|-t |initPid|--all)/.test(readFileSync(file, "utf8")),
  );
  assert.deepEqual(found, []);
});
