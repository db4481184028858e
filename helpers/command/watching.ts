import type { Command } from "commander";
import type { EventOptions } from "./verbs/events.ts";

interface Options {
  readonly json?: boolean;
}

const json = ["--json", "print JSON, for programs"] as const;

/** Adds the verbs that look at running sandboxes. */
export function addWatching(program: Command): void {
  program
    .command("stats [name...]")
    .description("show what running sandboxes use: processors, memory, tasks, disk")
    .option(...json)
    .action(async (names: string[], options: Options) => {
      await (await import("./verbs/stats.ts")).showStats(names, options);
    });
  program
    .command("top [name...]")
    .description("show it live, the busiest first")
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
    .description("show what happened to sandboxes: started, stopped, failed; one a line")
    .option("-f, --follow", "wait for more")
    .option("--since <time>", "from that time on, as journalctl understands it")
    .option("--json", "print a line of JSON for each, for programs")
    .action(async (names: string[], options: EventOptions) => {
      await (await import("./verbs/events.ts")).showEvents(names, options);
    });
}

/** Adds the verbs that judge a sandbox, or the host. */
export function addJudging(program: Command): void {
  program
    .command("security <name>")
    .description("show how exposed the units of a sandbox are alone and in it, and what makes the difference")
    .option(...json)
    .action(async (name: string, options: Options) => {
      await (await import("./verbs/security.ts")).showSecurity(name, options);
    });
  program
    .command("audit <name>")
    .description("show what SELinux denied to a sandbox, and how it could be allowed")
    .option("--since <time>", "from that time on: today, 2h, 2026-11-25")
    .option(...json)
    .action(async (name: string, options: Options & { since?: string }) => {
      await (await import("./verbs/audit.ts")).auditSandbox(name, options);
    });
  program
    .command("doctor")
    .description("look whether this host can run sandboxes, and what to do about it")
    .option(...json)
    .action(async (options: Options) => {
      await (await import("./verbs/doctor.ts")).examineHost(options);
    });
}
