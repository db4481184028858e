import { type Command, Option } from "commander";
import type { DoctorOptions } from "./verbs/doctor.ts";
import type { EventOptions } from "./verbs/events.ts";
import type { StatsOptions } from "./verbs/stats.ts";

interface Options {
  readonly json?: boolean;
}

const json = ["--json", "print JSON, for programs"] as const;

/** Adds the verbs that look at running sandboxes. */
export function addWatching(program: Command): void {
  program
    .command("stats [name...]")
    .description("show what running sandboxes use: processors, memory, tasks, disk")
    .option("-f, --follow", "print it every second; with --json on one line")
    .option("--disk", "also show what each root takes on disk, by reading all of it; also for stopped sandboxes")
    .option(...json)
    .action(async (names: string[], options: StatsOptions) => {
      await (await import("./verbs/stats.ts")).showStats(names, options);
    });
  program
    .command("top [name...]")
    .description("show the same live, with the busiest sandbox first")
    .action(async (names: string[]) => {
      await (await import("./verbs/stats.ts")).showTop(names);
    });
  program
    .command("tree <name>")
    .description("show the processes of a running sandbox")
    .option(...json)
    .action(async (name: string, options: Options) => {
      (await import("./verbs/tree.ts")).showTree(name, options);
    });
  program
    .command("events [name...]")
    .description(
      "show what happened to sandboxes, such as a start, a failure or a change of the conf, one event per line",
    )
    .option("-f, --follow", "wait for new events")
    .option("--since <time>", "show events since this time, in a form that journalctl accepts")
    .option("--json", "print one line of JSON for each event, for programs")
    .action(async (names: string[], options: EventOptions) => {
      await (await import("./verbs/events.ts")).showEvents(names, options);
    });
}

/** Adds the verbs that judge a sandbox, or the host. */
export function addJudging(program: Command): void {
  program
    .command("security <name>")
    .description("show how exposed the units of a sandbox are alone and in the sandbox, and what makes the difference")
    .option(...json)
    .action(async (name: string, options: Options) => {
      await (await import("./verbs/security.ts")).showSecurity(name, options);
    });
  program
    .command("audit <name>")
    .description("show what SELinux or AppArmor denied to a sandbox, and how to allow it")
    .option("--since <time>", "show denials since this time, such as today, 2h (ago) or 2026-11-25")
    .option(...json)
    .action(async (name: string, options: Options & { since?: string }) => {
      await (await import("./verbs/audit.ts")).auditSandbox(name, options);
    });
  program
    .command("doctor")
    .description("check whether this host can run sandboxes, and say how to fix what is wrong")
    .option("--peer <host>", "compare it with another host between which sandboxes move, over ssh")
    .addOption(new Option("--describe", "print what --peer of another host compares").hideHelp())
    .option(...json)
    .action(async (options: DoctorOptions) => {
      await (await import("./verbs/doctor.ts")).examineHost(options, program.version() ?? "");
    });
}
