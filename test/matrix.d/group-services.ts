import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Service } from "./services.ts";

/** The packages that services and their probes need in addition to those of every bed, sorted. */
export function packagesOf(services: readonly Service[]): readonly string[] {
  const base: readonly string[] =
    readFileSync(join(import.meta.dirname, "../beds/packages"), "utf8").match(/^[a-z0-9][^\s#]*/gm) ?? [];
  const needed = services.flatMap((service) => [service.package, ...service.clients]);
  return [...new Set(needed)].filter((name) => !base.includes(name)).sort();
}

/** Groups services whose packages can be installed together, in as few groups as a first fit finds. */
export function groupServices(services: readonly Service[]): readonly (readonly Service[])[] {
  const text = execFileSync("apt-cache", ["--no-all-versions", "show", ...packagesOf(services)], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const conflict = findConflicts(text);
  const groups: Service[][] = [];
  for (const service of services) {
    const fits = (group: readonly Service[]): boolean =>
      !packagesOf(group).some((name) => packagesOf([service]).some((other) => conflict(name, other)));
    const fitting = groups.find(fits);
    if (fitting === undefined) groups.push([service]);
    else fitting.push(service);
  }
  return groups;
}

/** Whether two packages cannot be installed together, according to `apt-cache show`. */
export function findConflicts(text: string): (one: string, other: string) => boolean {
  const names = (record: string, field: string): readonly string[] =>
    (new RegExp(`^${field}: (.*)$`, "m").exec(record)?.[1] ?? "")
      .split(/[,|]/)
      .map((each) => each.trim().replace(/[\s(:].*/, ""));
  const records = new Map(
    text.split("\n\n").map((record) => {
      const [name = ""] = names(record, "Package");
      return [name, { is: new Set([name, ...names(record, "Provides")]), conflicts: names(record, "Conflicts") }];
    }),
  );
  const excludes = (one: string, other: string): boolean =>
    records.get(one)?.conflicts.some((name) => name !== "" && records.get(other)?.is.has(name) === true) === true;
  return (one, other) => one !== other && (excludes(one, other) || excludes(other, one));
}
