import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bed } from "../bed.ts";

// `source target class permission… # reason`
const expected = readFileSync(join(import.meta.dirname, "expected-avc.txt"), "utf8")
  .split("\n")
  .map((line) => line.replace(/#.*/, "").trim())
  .filter((line) => line !== "")
  .map((line) => line.split(/\s+/));

const isExpected = (source: string, target: string, kind: string, permissions: readonly string[]): boolean =>
  expected.some(
    ([from, to, of, ...allowed]) =>
      from === source &&
      to === target &&
      of === kind &&
      permissions.every((permission) => allowed.includes(permission)),
  );

/** Returns a point in time for findUnexpectedDenials, because other tests cause denials on purpose. */
export const markDenials = (bed: Bed): Promise<string> => bed.run("date", "+%x %X");

/** Finds the unexpected denials since a mark, one a line as in expected-avc.txt, with the program and the access. */
export async function findUnexpectedDenials(bed: Bed, mark: string): Promise<readonly string[]> {
  const words = ["--input-logs", "-m", "avc,user_avc,selinux_err", "-ts", ...mark.split(" ")];
  const { stdout } = await bed.try("ausearch", ...words);
  const found = stdout.split("\n").flatMap((line) => {
    if (line.includes("op=security_") || line.includes("SELINUX_ERR")) return [line];
    const denial =
      /denied +\{ ([^}]*) \}.* scontext=[^:]*:[^:]*:([^:]*):\S* tcontext=[^:]*:[^:]*:([^:]*):\S* tclass=(\w+)/.exec(
        line,
      );
    if (denial === null) return [];
    const [, permissions = "", source = "", target = "", kind = ""] = denial;
    if (isExpected(source, target, kind, permissions.split(" "))) return [];
    const what = /(?:path|name)="[^"]*"/.exec(line)?.[0] ?? "";
    return [`${source} ${target} ${kind} ${permissions} # ${/comm="[^"]*"/.exec(line)?.[0] ?? ""} ${what}`];
  });
  return [...new Set(found)].sort();
}
