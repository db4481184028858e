import { spawnSync } from "node:child_process";
import { closeSync } from "node:fs";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { cleanWords } from "../copy/child.ts";
import { quoteName } from "../untrusted-text.ts";
import type { Attribute } from "./attributes.ts";

/** Gives files their extended attributes and ACLs, many at a time. */
export interface AttributeSetter {
  /** Takes an open file, and closes it once it has its attributes. */
  add(file: number, path: Buffer, attributes: readonly Attribute[]): void;
  flush(): void;
  /** Closes the remaining files after a failure. */
  close(): void;
}

const batch = 200;
const firstInherited = 3;

/**
 * Node has no setxattr(2), so setfattr(1) sets the attributes. It gets open files instead of names (/proc/self/fd/N,
 * which leads to exactly that file), and bytes as hexadecimal digits. So nothing in an archive becomes a path for it.
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

// The format of getfattr(1): every special character is written in octal.
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
    : new SandboxError(`the attributes or ACL of ${quoteName(path)} cannot be set: ${words}`);
}
