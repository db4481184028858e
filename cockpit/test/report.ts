import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Notes a measured value in build/browser/report.txt. Nothing fails because of it. */
export function report(what: string, value: number, unit: string): void {
  const folder = join(import.meta.dirname, "../../build/browser");
  mkdirSync(folder, { recursive: true });
  const line = `${what}\t${Math.round(value)} ${unit}\n`;
  appendFileSync(join(folder, "report.txt"), line);
  process.stderr.write(line);
}
