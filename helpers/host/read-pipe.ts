import { spawn } from "node:child_process";

/**
 * Reads an open pipe until its writers are gone, or until there are `most` bytes. By a process of its own: a read that blocks in a thread of Node's keeps
 * it from exiting, and Bun has no socket for a descriptor.
 */
export function readPipe(file: number, most: number): Promise<string> {
  const child = spawn("head", ["-c", String(most)], { stdio: [file, "pipe", "ignore"] });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      resolve(Buffer.concat(chunks).toString());
    });
  });
}
