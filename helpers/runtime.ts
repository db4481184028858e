// With `make RUNTIME=bun`, this is the one executable that runs all others. Each of them is a file of one line,
// `#!/usr/lib/sandboxcontainer/runtime NAME`, for which the kernel passes that name, the path of the file, and the
// arguments (execve(2)); for the command, env(1) does. A program is loaded when it is called.
const programs: ReadonlyMap<string, () => Promise<unknown>> = new Map([
  ["ask-address", () => import("./ask-address.ts")],
  ["configure", () => import("./configure.ts")],
  ["destroy", () => import("./destroy.ts")],
  ["detach", () => import("./detach.ts")],
  ["follow-servers", () => import("./follow-servers.ts")],
  ["guard", () => import("./guard.ts")],
  ["hold", () => import("./hold.ts")],
  ["image", () => import("./image.ts")],
  ["launch", () => import("./launch.ts")],
  ["make-root", () => import("./make-root.ts")],
  ["relax", () => import("./relax.ts")],
  ["reload", () => import("./reload.ts")],
  ["stop", () => import("./stop.ts")],
  ["tidy", () => import("./tidy.ts")],
  ["upgrade", () => import("./upgrade.ts")],
  ["sandboxcontainer", () => import("./sandboxcontainer.ts")],
  ["sandboxcontainer-generator", () => import("../generator/main.ts")],
]);

const [name = "", path = ""] = process.argv.splice(2, 2);
const load = programs.get(name);
if (load === undefined) {
  process.stderr.write(`${process.execPath}: sandboxcontainer has no program named \`${name}\`\n`);
  process.exitCode = 2;
} else {
  process.argv[1] = path;
  await load();
}
