import type { Bed } from "../bed.ts";

/** Returns a point in time for findDenials, because other tests cause denials on purpose. */
export const markDenials = (bed: Bed): Promise<string> => bed.run("date", "+%s.%3N");

/** Finds what AppArmor has denied to anything on the bed since a mark, one a line. None is expected. */
export async function findDenials(bed: Bed, mark: string): Promise<readonly string[]> {
  const { stdout } = await bed.try("grep", "--text", 'apparmor="DENIED"', "/var/log/audit/audit.log");
  const found = stdout.split("\n").flatMap((line) => {
    const [, time = "0", rest = ""] = /msg=audit\((\d+\.\d+):\d+\): (.*)$/.exec(line) ?? [];
    if (Number(time) < Number(mark)) return [];
    // These differ each time.
    return [rest.replace(/ (?:pid|fsuid|ouid|FSUID|OUID)=\S+/g, "").replace(/\x1d.*/, "")];
  });
  return [...new Set(found)].sort();
}
