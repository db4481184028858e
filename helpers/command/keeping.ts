import type { Command } from "commander";

interface Options {
  readonly json?: boolean;
}

const json = ["--json", "print JSON, for programs"] as const;
const collect = (value: string, previous: string[]): string[] => [...previous, value];
const running = ["-r, --running", "also of a running sandbox, which is frozen meanwhile"] as const;

/** The verbs that copy, move and keep whole sandboxes. */
export function addKeeping(program: Command): void {
  program
    .command("resize <name> [size]")
    .description("give the image of a sandbox another size: that of its conf, or SIZE, which is written there")
    .option(...json)
    .action(async (name: string, size: string | undefined, options: Options) => {
      await (await import("./resize.ts")).resizeSandbox(name, size, options);
    });
  program
    .command("clone <source> <name>")
    .description("make a sandbox with the conf and the data of another; ports are not copied")
    .option("-p, --publish <[address:]hostport:port>", "publish a port; may repeat", collect, [])
    .option("-i, --imagesize <size>", "keep its root in an image of that size")
    .option(...running)
    .option(...json)
    .action(async (source: string, name: string, options: Options & { publish: string[]; running?: boolean }) => {
      await (await import("./clone.ts")).cloneSandbox(source, name, options);
    });
  program
    .command("rename <old> <new>")
    .description("give a stopped sandbox another name; data, identity and level stay")
    .option(...json)
    .action(async (old: string, name: string, options: Options) => {
      await (await import("./rename.ts")).renameSandbox(old, name, options);
    });
}
