import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Unit files below the sandbox's /run/systemd/system, by their path there. */
export type InsideUnits = Readonly<Record<string, string>>;

/**
 * What systemd inside needs to know beyond the static units of /usr/lib/sandboxcontainer/inside: which units to start,
 * and to tell the host when one of them ends. Starting again is the host's business (Restart= of the instance unit): a
 * service that restarted itself inside would never make its sandbox fail.
 */
export function planInsideUnits(units: readonly string[]): InsideUnits {
  if (units.length === 0) return {};
  // Two instances: of one unit with two triggers systemd warns that it cannot tell which it was.
  const tell = "OnFailure=sandboxcontainer-ended@%n.service\nOnSuccess=sandboxcontainer-ended@+%n.service\n";
  const names = units.join(" ");
  const planned: Record<string, string> = {
    "sandboxcontainer.target.d/50-units.conf": `[Unit]\nWants=${names}\n`,
    "sandboxcontainer-ready.service.d/50-units.conf": `[Unit]\nAfter=${names}\n\n[Service]\nEnvironment="UNITS=${names}"\n`,
  };
  for (const unit of units) {
    const restart = unit.endsWith(".service") ? "\n[Service]\nRestart=no\n" : "";
    planned[`${unit}.d/50-sandboxcontainer.conf`] = `[Unit]\n${tell}${restart}`;
  }
  return planned;
}

/** Fills the sandbox's fresh, empty /run before anything of it runs; `owner` is the host id of its root. */
export function writeInsideUnits(run: string, owner: number, units: InsideUnits): void {
  const own = (path: string): void => {
    chownSync(path, owner, owner);
  };
  const made = new Set([run]);
  const makeDirectory = (path: string): void => {
    if (made.has(path)) return;
    makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o755 });
    own(path);
    made.add(path);
  };
  makeDirectory(join(run, "host"));
  for (const [path, text] of Object.entries(units)) {
    const file = join(run, "systemd/system", path);
    makeDirectory(dirname(file));
    writeFileSync(file, text, { mode: 0o644 });
    own(file);
  }
}
