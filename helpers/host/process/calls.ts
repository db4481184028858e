import { createRequire } from "node:module";
import { join } from "node:path";
import { findHint, SandboxError } from "../../../base/errors.ts";
import { libraryDirectory } from "../../../base/paths.ts";

/**
 * System calls that neither runtime has. helpers/native/calls/ says what each takes and returns. What the kernel refuses is an Error
 * with `code` and `syscall`, as the runtime throws it.
 */
export interface Calls {
  readonly openTree: (folder: number, path: string, isRecursive: boolean) => number;
  readonly makeFileSystem: (type: string, options: readonly string[], attributes: number) => number;
  readonly changeFileSystem: (folder: number, path: string, options: readonly string[]) => void;
  readonly setAttributes: (mount: number, set: number, propagation: number, users: number) => void;
  readonly moveMount: (mount: number, folder: number, path: string) => void;
  readonly unmount: (path: string, isLazy: boolean) => void;
  readonly makeUsers: (first: number, count: number) => number;
  readonly connectTo: (socket: string) => number;
  readonly sendFile: (stream: number, file: number) => void;
  readonly sendTo: (socket: string, text: string) => void;
  readonly tryLock: (file: number) => boolean;
  readonly setLimit: (process: number, resource: number, soft: number, hard: number) => void;
  readonly makeFifo: (path: string) => void;
  readonly askKernel: (network: number, protocol: number, request: Buffer) => Buffer;
  readonly awaitPipe: (pipe: number, isForWriter: boolean, done: (text: string) => void) => void;
}

declare const PREFIX: string | undefined;
// Code that is not bundled, as in unit tests, takes what was built.
const folder = typeof PREFIX === "undefined" ? join(import.meta.dirname, "../../../dist/lib") : libraryDirectory;
let loaded: Calls | undefined;

/** Loads the addon when it is needed for the first time. Throws a SandboxError. */
export const calls = (): Calls => (loaded ??= load());

function load(): Calls {
  try {
    return createRequire(join(folder, "/"))("./calls.node") as Calls;
  } catch (error) {
    throw new SandboxError(`cannot load ${join(folder, "calls.node")}: ${reasonOf(error)}`, {
      hint: "Install sandboxcontainer again",
    });
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Makes calls. What the kernel refuses is a SandboxError that begins with what was to be done, such as `mount: /srv`. */
export function attempt<Result>(what: string, act: (calls: Calls) => Result): Result {
  try {
    return act(calls());
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new SandboxError(`${what}: ${error.message}`, { hint: findHint(error.code), cause: error });
  }
}

/** Whether the kernel refused something, with one of these errors if some are named. */
export const isRefusal = (error: unknown, ...codes: readonly string[]): error is Error & { readonly code: string } =>
  error instanceof Error &&
  "syscall" in error &&
  "code" in error &&
  (codes.length === 0 || codes.includes(String(error.code)));
