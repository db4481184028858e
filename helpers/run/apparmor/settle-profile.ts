import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { loadProfiles, profileOf, profileRoles, readLoadedProfile } from "../../host/apparmor.ts";
import { orMissing } from "../../host/or-missing.ts";
import { replaceFile } from "../../sandbox/state.ts";
import { type Profiled, renderProfile } from "./render-profile.ts";

// In the state directory: `profile`, its text; `loaded`, what the kernel says of it; `cache`, what it compiles to.
const place = (name: SandboxName, file: string): string => join(stateDirectory(name), "apparmor", file);

/** Writes the profile of a sandbox and loads it. Throws a SandboxError. */
export async function settleProfile(conf: Profiled): Promise<void> {
  const { name, Label: label } = conf;
  if (label.kind === "apparmor" && label.profile !== undefined) requireEnforced(label.profile);
  mkdirSync(place(name, ""), { recursive: true, mode: 0o700 });
  replaceFile(place(name, "profile"), renderProfile(conf));
  await load(name);
}

/**
 * Loads the profile of a sandbox if the kernel lacks it, or has another one of that name or one that only complains: after
 * a boot, or if somebody removed or replaced it. Throws a SandboxError.
 */
export async function ensureProfile(name: SandboxName, wanted: string): Promise<void> {
  if (wanted !== profileOf(name)) requireEnforced(wanted);
  const known = orMissing(() => readFileSync(place(name, "loaded"), "utf8"));
  if (readLoaded(name) === known) return;
  await load(name);
}

async function load(name: SandboxName): Promise<void> {
  await loadProfiles(place(name, "profile"), place(name, "cache"));
  replaceFile(place(name, "loaded"), readLoaded(name));
}

/** What the kernel says of each of its profiles, a line each: empty for those that it does not have. */
const readLoaded = (name: SandboxName): string =>
  [undefined, ...profileRoles].map((role) => `${readLoadedProfile(profileOf(name, role)) ?? ""}\n`).join("");

function requireEnforced(profile: string): void {
  const loaded = readLoadedProfile(profile);
  if (loaded !== undefined && /^enforce\b/.test(loaded)) return;
  throw new SandboxError(
    loaded === undefined
      ? `the AppArmor profile ${profile} is not loaded`
      : `the AppArmor profile ${profile} is not enforced`,
    { hint: `Load it (apparmor_parser --replace FILE) and enforce it, or set Label=apparmor for a profile of its own` },
  );
}
