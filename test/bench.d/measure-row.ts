import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Row } from "./results.ts";

const bed = join(import.meta.dirname, "../bed");
const node = ["/usr/lib/sandboxcontainer/node", "/root/bench/bench.d/inside/main.ts"];
let current: ChildProcess | undefined;
let interrupted = false;

/** Measures a row in the bed, as a service there, which cleans up whatever happens to it or to us. */
export async function measureRow(name: string, small: boolean): Promise<Row> {
  const options = ["--unit=bench", "--quiet", "--collect", "--pipe", "--wait"];
  const after = `--property=ExecStopPost=${node.join(" ")} remove`;
  const command = ["systemd-run", ...options, after, "--", ...node, name, ...(small ? ["--small"] : [])];
  const child = spawn(bed, ["exec", "native", "--", ...command], { stdio: ["ignore", "pipe", "inherit"] });
  current = child;
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (status === 0) return JSON.parse(text) as Row;
  spawnSync(bed, ["exec", "native", "--", "systemctl", "stop", "bench.service"], { stdio: "ignore" });
  throw new Error(`row ${name} was not measured (status ${String(status)})`);
}

/** Has what is being measured end. */
export function stopMeasuring(): void {
  interrupted = true;
  current?.kill();
}

export const wasInterrupted = (): boolean => interrupted;
