import { execFile } from "node:child_process";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

// Milliseconds. A machine that is on begins to boot later than that, and takes no processor time of the others for it.
const firmware = 5000;

const script = join(import.meta.dirname, "../bed");
const execute = promisify(execFile);

/** The power supply of the beds, as a baseboard management controller is that of machines. */
export interface Power {
  /** Nodes that it does not switch off for the cluster. */
  readonly refused: Set<string>;
  /** What it was asked to do, such as `off n1`. */
  readonly asked: readonly string[];
  off(node: string): Promise<void>;
  on(node: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens at port 623 of the switch for fence_bed. A line `VERB NODE` is answered with `ok`, `on`, `off` or a reason. */
export async function startPower(): Promise<Power> {
  // Since when.
  const dark = new Map<string, number>();
  const refused = new Set<string>();
  const asked: string[] = [];
  const bed = (verb: string, node: string): Promise<unknown> => execute(script, [verb, `native-${node}`]);
  const power = {
    refused,
    asked,
    async off(node: string) {
      if (dark.has(node)) return;
      dark.set(node, performance.now());
      await bed("kill", node);
    },
    async on(node: string) {
      if (!dark.delete(node)) return;
      await bed("boot", node);
    },
  };
  const bootLater = async (node: string): Promise<void> => {
    const since = dark.get(node);
    await sleep(firmware, undefined, { ref: false });
    if (dark.get(node) === since) await power.on(node).catch(() => undefined);
  };
  const answer = async (verb = "", node = ""): Promise<string> => {
    if (verb === "monitor" || verb === "list") return "ok";
    if (verb === "status") return dark.has(node) ? "off" : "on";
    asked.push(`${verb} ${node}`);
    if (refused.has(node)) return "the power supply refuses";
    if (verb === "off" || verb === "reboot") await power.off(node);
    if (verb === "on" || verb === "reboot") void bootLater(node);
    return "ok";
  };
  const server = createServer((socket) => {
    socket.on("error", () => undefined).setEncoding("utf8");
    socket.once("data", (line: string) => {
      const [verb, node] = line.trim().split(" ");
      void answer(verb, node)
        .catch((error: unknown) => String(error).split("\n")[0] ?? "")
        .then((text) => socket.end(`${text}\n`));
    });
  });
  await listen(server);
  return {
    ...power,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject).listen(623, "10.77.0.254", resolve);
  });
