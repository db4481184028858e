import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";

export interface FakeRoot {
  readonly path: string;
  /** The conf folders, highest precedence first. */
  readonly folders: readonly string[];
}

/** Makes a root with these files, for the tests of one test file. It is removed after them. */
export function makeRoot(files: Readonly<Record<string, string | Uint8Array>>): FakeRoot {
  const path = mkdtempSync(join(tmpdir(), "root-"));
  after(() => {
    rmSync(path, { recursive: true });
  });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  return { path, folders: ["etc", "run", "usr/lib"].map((top) => join(path, top, "sandboxcontainer")) };
}

/** The text of a valid conf, with more sections. */
export const confText = (more = ""): string => `[Sandbox]\nUnit=apache2.service\n${more}`;
