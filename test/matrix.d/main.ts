import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { useBed } from "../bed-tests/bed.ts";
import { groupServices, packagesOf } from "./group-services.ts";
import { formatOutcomes } from "./report.ts";
import { parseServices, type Service } from "./services.ts";
import { type Outcome, tryPlain, tryService } from "./try-service.ts";

const usage = `test/matrix [selinux|apparmor] [--copy] [--only PACKAGE]... [--keep] [LIST]...
  selinux         use the virtual machine with SELinux enforcing instead of the native bed
  apparmor        use the virtual machine with AppArmor
  --copy          use the host's data
  --plain         run on the bed itself, without sandboxes, to check the probes
  --only PACKAGE  only this package of the lists; may repeat
  --keep          keep the bed (of the last group), to look around or to run it again
                  If the bed of test/beds/packages and SANDBOXCONTAINER_BED_PACKAGES has all that is needed, it is used.
  LIST            by default test/matrix.d/popular.tsv
It prints a table and writes build/matrix.json. The journal of each failure is in build/matrix/PACKAGE.log.`;

const kinds = ["native", "selinux", "apparmor"] as const;
const top = join(import.meta.dirname, "../..");
const build = join(top, "build");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    copy: { type: "boolean", default: false },
    plain: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = await runMatrix();

async function runMatrix(): Promise<number> {
  const kind = kinds.find((each) => each === positionals[0]) ?? "native";
  const lists = kind === positionals[0] ? positionals.slice(1) : positionals;
  const services = readLists(lists.length > 0 ? lists : [join(import.meta.dirname, "popular.tsv")]);
  rmSync(join(build, "matrix"), { recursive: true, force: true });
  mkdirSync(join(build, "matrix"), { recursive: true });
  const outcomes: Outcome[] = [];
  const given = process.env["SANDBOXCONTAINER_BED_PACKAGES"]?.split(/\s+/) ?? [];
  const isGiven = packagesOf(services).every((name) => given.includes(name));
  for (const group of isGiven ? [services] : groupServices(services)) {
    if (!isGiven) process.env["SANDBOXCONTAINER_BED_PACKAGES"] = packagesOf(group).join(" ");
    runBed("up", kind);
    try {
      for (const service of group) outcomes.push(await tryOne(kind, service));
    } finally {
      if (!values.keep) runBed("down", kind);
    }
    writeFileSync(join(build, "matrix.json"), `${JSON.stringify({ kind, copy: values.copy, outcomes }, null, 2)}\n`);
  }
  process.stdout.write(`\n${formatOutcomes(outcomes)}`);
  if (values.keep && process.env["SANDBOXCONTAINER_BED_PACKAGES"] !== undefined)
    process.stdout.write(`\nexport SANDBOXCONTAINER_BED_PACKAGES='${process.env["SANDBOXCONTAINER_BED_PACKAGES"]}'\n`);
  return outcomes.every(({ passed }) => passed) ? 0 : 1;
}

function readLists(paths: readonly string[]): readonly Service[] {
  const all = paths.flatMap((path) => parseServices(readFileSync(path, "utf8"), path));
  const unknown = values.only.find((name) => !all.some((service) => service.package === name));
  if (unknown !== undefined) throw new Error(`${unknown} is in no list`);
  return values.only.length === 0 ? all : all.filter((service) => values.only.includes(service.package));
}

async function tryOne(kind: (typeof kinds)[number], service: Service): Promise<Outcome> {
  const outcome = await (values.plain ? tryPlain : tryService)(useBed(kind), service, {
    copy: values.copy,
    seconds: kind === "native" ? 60 : 180,
    onFailure: (evidence) => {
      writeFileSync(join(build, "matrix", `${service.package}.log`), evidence);
    },
  });
  const times = Object.entries(outcome.milliseconds).map(([step, each]) => `${step} ${(each / 1000).toFixed(1)}`);
  const end = outcome.passed ? "passed" : `FAILED at ${outcome.failedAt ?? ""}: ${outcome.message ?? ""}`;
  process.stderr.write(`matrix: ${outcome.package}  ${times.join(", ")}  ${end}\n`);
  return outcome;
}

function runBed(verb: "up" | "down", kind: string): void {
  const { status } = spawnSync(join(top, "test/bed"), [verb, kind], { stdio: "inherit" });
  if (status !== 0) throw new Error(`test/bed ${verb} ${kind} failed`);
}
