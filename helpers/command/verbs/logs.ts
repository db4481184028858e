import { spawn } from "node:child_process";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { requireKnownSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "logs",
  group: "Look",
  summary: "show the journal of a sandbox; other options go to journalctl, such as -f or -n 50",
  places: { "<name>": "sandbox", "[journalctl-options...]": "any" },
  passesOn: "unknown",
  json: `Lines<unknown>`,
  examples: ["logs web1 -n 50", "logs web1 -f"],
  run: showLogs,
};

async function showLogs(text: string, options: readonly string[], { json }: { json?: boolean }): Promise<void> {
  const name = parseSandboxName(text);
  requireKnownSandbox(name);
  const units = ["sandbox", "sandbox-root", "sandbox-image", "sandbox-configure", "sandbox-upgrade"];
  const args = [...units.map((unit) => `--unit=${unit}@${name}.service`), ...(json === true ? ["--output=json"] : [])];
  const status = await new Promise<number>((resolve, reject) => {
    const child = spawn("journalctl", [...args, ...options], { stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 0);
    });
  });
  if (status !== 0) process.exit(status);
}
