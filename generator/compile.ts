// Runs at build: lets the generator read a conf that uses most features, and saves the code of every function that
// V8 compiled for it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Generator, loadCompiled } from "./load-compiled.ts";

const conf = `[Sandbox]
Unit=apache2.service

[Network]
Publish=8080:80
Publish=127.0.0.1:8443:443

[Install]
WantedBy=multi-user.target
`;

const folder = resolve(process.argv[2] ?? "");
const temporary = mkdtempSync(join(tmpdir(), "compile-"));
try {
  const output = join(temporary, "output");
  mkdirSync(output);
  mkdirSync(join(temporary, "etc/sandboxcontainer"), { recursive: true });
  writeFileSync(join(temporary, "etc/sandboxcontainer/web.conf"), conf);
  process.env["SANDBOXCONTAINER_ROOT"] = temporary;
  process.argv.splice(2, 1, output);
  const script = loadCompiled(folder);
  (script.runInThisContext() as Generator)(createRequire(import.meta.url));
  const code = script.createCachedData();
  if (loadCompiled(folder, code).cachedDataRejected === true)
    throw new Error("V8 rejects the code that it made itself");
  writeFileSync(join(folder, "generator.code"), code);
} finally {
  rmSync(temporary, { recursive: true });
}
