import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing, readIfPossible, writeFile } from "../../../base/files.ts";
import { run } from "../process/run.ts";

/** AppArmor's part of securityfs. */
const kernel = "/sys/kernel/security/apparmor";

/** What of AppArmor a host lacks; null if everything is there. Unit tests replace the reader. */
export interface Lack {
  /** Whether the kernel runs without AppArmor at all. */
  readonly isDisabled: boolean;
  readonly message: string;
  readonly hint: string;
}

const acceptNone = "or accept a sandbox without this wall: Label=none in the conf's [Security] section";

// Profiles of services are stacked on that of systemd, so that they also hold with no_new_privs. Without a rule for user
// namespaces a service could get all capabilities over one of its own.
const needed: readonly (readonly [file: string, word: string, what: string])[] = [
  ["features/domain/stack", "yes", "cannot stack profiles"],
  ["features/namespaces/mask", "userns_create", "has no rules for user namespaces"],
  ["features/mount/mask", "mount", "has no rules for mounts"],
];

/** Finds what the kernel lacks to confine a sandbox with AppArmor. */
export function findLack(read: (path: string) => string | undefined = readIfPossible): Lack | null {
  if (read("/sys/module/apparmor/parameters/enabled")?.trim() !== "Y")
    return {
      isDisabled: true,
      message: "AppArmor is not enabled in the running kernel",
      hint: `Boot with security=apparmor, ${acceptNone}`,
    };
  const [lacking] = needed.filter(([file, word]) => !(read(`${kernel}/${file}`) ?? "").split(/\s+/).includes(word));
  if (lacking === undefined) return null;
  return {
    isDisabled: false,
    message: `AppArmor of the running kernel ${lacking[2]}`,
    hint: `Boot Linux 6.8 or later, ${acceptNone}`,
  };
}

/** Whether the running kernel has AppArmor, whatever it lacks. */
export const isAppArmorEnabled = (): boolean => findLack()?.isDisabled !== true;

/** Throws a SandboxError unless AppArmor can confine a sandbox. */
export function requireAppArmor(): void {
  const lack = findLack();
  if (lack !== null) throw new SandboxError(lack.message, { hint: lack.hint });
}

/** What profiles of a sandbox besides that of its PID 1 are for, see helpers/run/apparmor-profile.ts. */
export const profileRoles = ["start", "service", "renew", "address"] as const;
export type ProfileRole = (typeof profileRoles)[number];

/**
 * The name of a sandbox's profile, or of another one of it. libvirtd's own profile lets it look at and end only what is in
 * profiles whose names begin so and have no slash. No sandbox has a name with an @.
 */
export const profileOf = (name: string, role?: ProfileRole): string =>
  `libvirt-sandboxcontainer-${name}${role === undefined ? "" : `@${role}`}`;

/**
 * Reads what the kernel says of a loaded profile: how it is applied (`enforce`, `complain` …), and its checksum. Undefined
 * if it is not loaded.
 */
export function readLoadedProfile(name: string, folder = `${kernel}/policy/profiles`): string | undefined {
  // The folder of a profile has its name, without special characters, and a number that no other has (apparmorfs.c).
  const beginning = `${name
    .replace(/^[/.]+/, "")
    .replaceAll("/", ".")
    .replace(/[^\w.-]/g, "")}.`;
  const found = readdirSync(folder)
    .filter((entry) => entry.startsWith(beginning) && /^\d+$/.test(entry.slice(beginning.length)))
    .map((entry) => join(folder, entry))
    .find((path) => readLine(join(path, "name")) === name);
  return found === undefined ? undefined : `${readLine(join(found, "mode"))} ${readLine(join(found, "sha256"))}`;
}

const readLine = (path: string): string => orMissing(() => readFileSync(path, "utf8"))?.trim() ?? "";

/**
 * Loads the profiles of a file into the kernel, instead of older ones of these names. What was compiled stays in `cache`,
 * for the next boot. Throws a SandboxError.
 */
export async function loadProfiles(file: string, cache: string): Promise<void> {
  try {
    await run("apparmor_parser", ["--replace", "--write-cache", `--cache-loc=${cache}`, "--", file]);
  } catch (error) {
    throw new SandboxError(`the AppArmor profile could not be loaded: ${describe(error)}`, {
      cause: error,
      hint: "It needs AppArmor 4 or later (apt-get install apparmor). Own rules are in /etc/apparmor.d/local/sandboxcontainer*",
    });
  }
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Removes the profiles of a sandbox from the kernel, if they are there. */
export function unloadProfiles(name: string): void {
  if (!isAppArmorEnabled()) return;
  for (const role of [undefined, ...profileRoles])
    orMissing(() => {
      writeFile(`${kernel}/.remove`, profileOf(name, role), { flag: "r+" });
    });
}

/** How a process is confined: `PROFILE (MODE)` or `unconfined`; undefined without AppArmor, or if there is no process. */
export function readConfinement(pid: number): string | undefined {
  try {
    // The kernel ends it with a line end or a zero (proc_pid_attr(5)).
    return readFileSync(`/proc/${pid}/attr/apparmor/current`, "utf8").replace(/[\n\0]+$/, "");
  } catch {
    return undefined;
  }
}
