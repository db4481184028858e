import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** What a package ships to start services. */
export interface ShippedServices {
  /** The text of each system unit that is a file, by its name. */
  readonly units: ReadonlyMap<string, string>;
  /** The text of each script in /etc/init.d, by its name. */
  readonly scripts: ReadonlyMap<string, string>;
}

const unitFile = /^\.(?:\/usr)?\/lib\/systemd\/system\/[^/]+\.(?:service|socket)$/;
const scriptFile = /^\.\/etc\/init\.d\/[^/]+$/;

/** Downloads a package with apt-get and reads its units. Throws if apt has no such package. */
export function readPackage(name: string): ShippedServices {
  const folder = mkdtempSync(join(tmpdir(), "survey-"));
  try {
    const run = (file: string, ...args: readonly string[]): string =>
      execFileSync(file, args, {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 1 << 28,
        stdio: ["ignore", "pipe", "pipe"],
      });
    run("apt-get", "download", "--quiet=2", "--option=APT::Sandbox::User=root", name);
    const [archive = ""] = readdirSync(folder);
    // `-rw-r--r-- root/root 1234 2025-01-01 00:00 ./path`; a link has `l` and ends in ` -> target`.
    const files = run("dpkg-deb", "--contents", archive)
      .split("\n")
      .flatMap((line) => (line.startsWith("-") ? [line.split(/\s+/).slice(5).join(" ")] : []))
      .filter((path) => unitFile.test(path) || scriptFile.test(path));
    mkdirSync(join(folder, "tree"));
    if (files.length > 0) run("bash", "-c", 'dpkg-deb --fsys-tarfile "$0" | tar -x -C tree -- "$@"', archive, ...files);
    const read = (pattern: RegExp): ReadonlyMap<string, string> =>
      new Map(
        files
          .filter((path) => pattern.test(path))
          .map((path) => [basename(path), readFileSync(join(folder, "tree", path), "utf8")]),
      );
    return { units: read(unitFile), scripts: read(scriptFile) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
