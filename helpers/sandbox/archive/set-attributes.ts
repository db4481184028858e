import { spawnSync } from "node:child_process";
import { closeSync } from "node:fs";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { cleanWords } from "../copy/child.ts";
import { quoteName } from "../untrusted-text.ts";
import type { Attribute } from "./attributes.ts";

/** Gives files their extended attributes and ACLs, many at a time. */
export interface AttributeSetter {
  /** Takes over an open file, which is closed when it has them. */
  add(file: number, path: Buffer, attributes: readonly Attribute[]): void;
  flush(): void;
  /** Closes what is left, after a failure. */
  close(): void;
}

const batch = 200;
const firstInherited = 3;

/**
 * Node has no setxattr(2), so setfattr(1) does it. It gets open files and no names (/proc/self/fd/N, which leads to the very file),
 * so that nothing that an archive says is a path to it, and bytes as hexadecimal digits.
 */
export function makeAttributeSetter(): AttributeSetter {
  let waiting: { readonly file: number; readonly path: Buffer; readonly attributes: readonly Attribute[] }[] = [];
  const close = (): void => {
    for (const { file } of waiting) closeSync(file);
    waiting = [];
  };
  const flush = (): void => {
    if (waiting.length === 0) return;
    const input = waiting.map(({ attributes }, index) => formatDump(index + firstInherited, attributes)).join("\n");
    const { error, status, stderr } = spawnSync("setfattr", ["--restore=-"], {
      input,
      env: { ...process.env, LC_ALL: "C.UTF-8" },
      stdio: ["pipe", "ignore", "pipe", ...waiting.map(({ file }) => file)],
    });
    if (error !== undefined)
      throw new SandboxError(`setfattr cannot be run: ${error.message}`, {
        hint: "Install the package attr, which import needs for attributes and ACLs",
      });
    if (status !== 0) throw describeFailure(stderr.toString(), waiting);
    close();
  };
  return {
    flush,
    close,
    add(file, path, attributes) {
      waiting.push({ file, path, attributes });
      if (waiting.length >= batch) flush();
    },
  };
}

// As getfattr(1) writes it: all that could mean something is spelt in octal.
const formatDump = (file: number, attributes: readonly Attribute[]): string =>
  [
    `# file: /proc/self/fd/${file}\n`,
    ...attributes.map(({ name, value }) => `${escapeName(name)}=0x${value.toString("hex")}\n`),
  ].join("");

const escapeName = (name: Buffer): string =>
  name
    .toString("latin1")
    .replaceAll(/[^A-Za-z0-9._-]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);

function describeFailure(said: string, files: readonly { readonly path: Buffer }[]): SandboxError {
  const [, number = "", words = ""] = /\/proc\/self\/fd\/(\d+): (.*)/.exec(said) ?? [];
  const path = files[Number(number) - firstInherited]?.path;
  return path === undefined
    ? new SandboxError(`attributes cannot be set: ${cleanWords(said)}`)
    : new SandboxError(`${quoteName(path)} cannot have its attributes or ACL: ${words}`);
}
