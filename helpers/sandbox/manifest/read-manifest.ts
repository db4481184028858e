import { readFileSync } from "node:fs";
import { manifestFile } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import type { Manifest } from "./manifest.ts";
import { parseManifest, parseManifestPackages } from "./parse-manifest.ts";

/** Reads the manifest of a sandbox's tree; undefined if there is none. Throws a SandboxError if it is damaged. */
export function readManifest(name: SandboxName): Manifest | undefined {
  const path = manifestFile(name);
  const text = orMissing(() => readFileSync(path, "utf8"));
  if (text === undefined) return undefined;
  const manifest = parseManifest(text);
  if (manifest !== undefined) return manifest;
  throw new SandboxError(`${path} is damaged`, {
    hint: `Restore it, or remove it and run \`sandboxcontainer upgrade ${name}\`. Files removed inside then come back`,
  });
}

/** Reads only the packages of a manifest; undefined if there is none, or if it is damaged. */
export const readManifestPackages = (name: SandboxName): Manifest["packages"] | undefined =>
  parseManifestPackages(orMissing(() => readFileSync(manifestFile(name), "utf8")) ?? "");

/** Reads the manifest of a sandbox that must have one; otherwise throws a SandboxError that says how to get it. */
export function requireManifest(name: SandboxName): Manifest {
  const manifest = readManifest(name);
  if (manifest !== undefined) return manifest;
  throw new SandboxError(`${manifestFile(name)}: sandbox ${name} has no root yet`, {
    hint: `Make it: systemctl start sandbox-root@${name}.service`,
  });
}
