import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";

export const program = join(import.meta.dirname, "../../../dist/lib/proxy");

// What systemd does: listens, passes the sockets, and hears who is ready. 46 stands for both families. At last it prints the
// ports, or what it heard.
const systemd = `import os, socket, sys
address, *words = sys.argv[1:]
ports = []
for index, family in enumerate(os.environ["FAMILIES"].split()):
    s = socket.socket(socket.AF_INET if family == "4" else socket.AF_INET6)
    if family != "4": s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, family == "6")
    s.bind({"4": ("127.0.0.1", 0), "6": ("::1", 0), "46": ("::", 0)}[family])
    s.listen(100)
    ports.append(s.getsockname()[1])
    assert s.detach() == 3 + index
    os.set_inheritable(3 + index, True)
    os.environ["LISTEN_FDS"] = str(index + 1)
os.environ["LISTEN_PID"] = str(os.getpid())
if address:
    os.environ["NOTIFY_SOCKET"] = address
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(address.replace("@", "\\0"))
    if os.fork() == 0:
        print(heard.recv(99).decode(), flush=True)
        os._exit(0)
else: print(*ports, flush=True)
os.execv(words[0], words)`;

/** The length of a header with IPv4 addresses. */
export const headerLength = 28;

export interface Proxy {
  readonly ports: readonly number[];
  /** The first line that the wrapper printed. */
  readonly line: string;
  readonly pid: number;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves to the exit status or the signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts the proxy with a socket for each family, until the test ends. `before` are words in front of all. */
export async function startProxy(
  context: TestContext,
  words: readonly string[],
  {
    families = ["4"],
    notify = "",
    before = [],
  }: Partial<Record<"families" | "before", string[]>> & { notify?: string } = {},
): Promise<Proxy> {
  const [first = "", ...others] = [...before, "python3", "-c", systemd, notify, program, ...words];
  const child = spawn(first, others, {
    env: { ...process.env, FAMILIES: families.join(" ") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on("close", (status, signal) => {
      resolve(signal ?? status);
    });
  });
  context.after(() => child.kill("SIGKILL"));
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([once(lines, "line"), ended.then(() => [stderr])])) as [string];
  return {
    ports: line.split(" ").map(Number),
    line,
    pid: child.pid ?? 0,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    ended,
  };
}

/** Finds a port on which nobody listens. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Listens as the service, until the test ends. Resolves to its port. */
export async function startService(context: TestContext, serve: (socket: Socket) => void, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
    serve(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return portOf(server);
}

/** Resolves to all that comes until the other side ends. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of socket.iterator({ destroyOnReturn: false })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Connects as a client, until the test ends. */
export async function connectTo(
  context: TestContext,
  port: number | undefined,
  way: { readonly host: string; readonly localAddress?: string } = { host: "127.0.0.1" },
): Promise<Socket> {
  const socket = connect({ port: port ?? 0, allowHalfOpen: true, ...way });
  context.after(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}
