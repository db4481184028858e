import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";

/** The script that makes beds and runs commands in them. */
export const bed = join(import.meta.dirname, "../bed");
const node = ["/root/bench/node", "/root/bench/bench.d/inside/main.ts"];
let current: ChildProcess | undefined;
let interrupted = false;

/** Runs one part of the bench in the bed, as a service there, and resolves to its result. */
export async function runInside(args: readonly string[], after: "remove" | "keep"): Promise<unknown> {
  const options = ["--unit=bench", "--quiet", "--collect", "--pipe", "--wait"];
  // The service cleans up, whatever happens to it or to us.
  if (after === "remove") options.push(`--property=ExecStopPost=${node.join(" ")} remove`);
  const command = ["systemd-run", ...options, "--", ...node, ...args];
  const child = spawn(bed, ["exec", "native", "--", ...command], { stdio: ["ignore", "pipe", "inherit"] });
  current = child;
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (status === 0) return text === "" ? undefined : JSON.parse(text);
  spawnSync(bed, ["exec", "native", "--", "systemctl", "stop", "bench.service"], { stdio: "ignore" });
  throw new Error(`could not measure ${args.join(" ")} (status ${String(status)})`);
}

/** Runs test/bed, which must succeed. */
export function runBed(...args: readonly string[]): void {
  const { status } = spawnSync(bed, args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`test/bed ${args.join(" ")} failed`);
}

/** Stops the current measurement. */
export function stopMeasuring(): void {
  interrupted = true;
  current?.kill();
}

export const wasInterrupted = (): boolean => interrupted;
