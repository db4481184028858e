import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { makeTemporary } from "../populate/temporary.ts";

/** Puts a script before the system's program of this name, for the time of a test. Returns the folder it runs in. */
export function replaceProgram(context: TestContext, name: string, script: string): string {
  const folder = makeTemporary(context);
  writeFileSync(join(folder, name), `#!/bin/sh\ncd '${folder}' || exit\n${script}\n`, { mode: 0o755 });
  process.env["PATH"] = `${folder}:${process.env["PATH"] ?? ""}`;
  context.after(() => {
    const folders = (process.env["PATH"] ?? "").split(":");
    process.env["PATH"] = folders.filter((each) => each !== folder).join(":");
  });
  return folder;
}
