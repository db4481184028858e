import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const here = import.meta.dirname;

/** A mutant that is loaded instead of a file. */
export interface Loaded {
  /** The file that it comes from. */
  readonly file: string;
  /** The file with its text. */
  readonly text: string;
}

export interface Result {
  /** What takes too long is killed. */
  readonly outcome: "passed" | "failed" | "killed";
}

/** Process groups of the tests that run now. */
const running = new Set<number>();
process.on("exit", () => {
  running.forEach(endGroup);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

/**
 * Runs files of tests in one process until one fails, with so many seconds of the processor. They run in an empty folder,
 * because with a mutant they may write to relative paths.
 */
export function runTests(
  files: readonly string[],
  seconds: number,
  mutant?: Loaded,
  environment: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  const node = [
    process.execPath,
    `--test-reporter=${join(here, "stop-at-failure.ts")}`,
    // An endless loop may also take memory.
    "--max-old-space-size=1024",
    join(here, "run-tests.ts"),
  ];
  const child = spawn("prlimit", [`--cpu=${seconds}`, ...node, ...files.map((file) => resolve(file))], {
    cwd: folder,
    // In a group of its own, so that what it has started ends with it.
    detached: true,
    stdio: "ignore",
    env: {
      ...process.env,
      ...fixed,
      TMPDIR: folder,
      ...(mutant === undefined ? {} : environmentOf(mutant)),
      ...environment,
    },
  });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  // For one that waits for something that never comes.
  const timer = setTimeout(() => {
    if (pid !== undefined) endGroup(pid);
  }, 30_000 * seconds);
  return new Promise((settle, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timer);
      if (pid !== undefined) endGroup(pid);
      // A mutant may have removed it.
      rmSync(folder, { recursive: true, force: true });
      const outcome = status === 0 ? "passed" : status === null ? "killed" : "failed";
      settle({ outcome });
    });
  });
}

function endGroup(pid: number): void {
  running.delete(pid);
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

const fixed = {
  // The same mutant has the same fate each time.
  SANDBOXCONTAINER_SEED: "1",
  SANDBOXCONTAINER_RUNS: "20",
  // Half of what a test costs is to compile what it loads.
  NODE_COMPILE_CACHE: join(here, "../../../node_modules/.cache/node"),
};

const environmentOf = ({ file, text }: Loaded): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(here, "load-mutant.ts")).href}`,
  MUTANT_OF: pathToFileURL(resolve(file)).href,
  MUTANT_TEXT: text,
});

/** What a file of tests runs. */
export interface Cover {
  readonly test: string;
  /** The seconds of the processor that it takes. */
  readonly seconds: number;
  /** Whether it runs what is at this place of a file. */
  readonly covers: (file: string, offset: number) => boolean;
}

/** Runs a file of tests, and notes what it runs. undefined means that it fails. */
export async function measureCover(test: string): Promise<Cover | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "cover-"));
  const took = join(folder, "seconds");
  try {
    const { outcome } = await runTests([test], 60, undefined, { NODE_V8_COVERAGE: folder, MUTANT_TOOK: took });
    if (outcome !== "passed") {
      process.stderr.write(`${test} fails without a mutant, and is left out\n`);
      return undefined;
    }
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    const scripts = names.flatMap((name) => readScripts(join(folder, name)));
    return {
      test,
      seconds: Number(readFileSync(took, "utf8")),
      covers: (file, offset) => {
        const url = pathToFileURL(resolve(file)).href;
        return scripts.some((script) => script.url === url && countAt(script, offset) > 0);
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What V8 writes for NODE_V8_COVERAGE. Without types, a text has the same length: they are replaced by spaces. */
interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

function readScripts(path: string): readonly Script[] {
  const { result } = JSON.parse(readFileSync(path, "utf8")) as { readonly result: readonly Script[] };
  return result.filter(({ url }) => /\/(generator|helpers)\/.*\.ts$/.test(url));
}

/** The count of the smallest range around a place. */
function countAt({ functions }: Script, offset: number): number {
  const around = functions
    .flatMap(({ ranges }) => ranges)
    .filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)
    .sort((one, other) => one.endOffset - one.startOffset - (other.endOffset - other.startOffset));
  return around[0]?.count ?? 0;
}

/** Lists which of these files of tests load a file, directly or not. */
export function whoLoads(file: string, tests: readonly string[]): readonly string[] {
  return tests.filter((test) => reach(resolve(test)).has(resolve(file)));
}

const imports = new Map<string, readonly string[]>();

function reach(from: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const next of importsOf(from)) reach(next, seen);
  return seen;
}

function importsOf(path: string): readonly string[] {
  const known = imports.get(path);
  if (known !== undefined) return known;
  // Also that of a program which it starts.
  const names = readFileSync(path, "utf8").matchAll(/"(\.{1,2}\/[^"]+\.ts)"/g);
  const found = [...names].map(([, name = ""]) => join(dirname(path), name)).filter((each) => existsSync(each));
  imports.set(path, found);
  return found;
}
