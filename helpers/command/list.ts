import { connectSystemd } from "../systemd.ts";
import { openReplacedFiles } from "../replaced-files.ts";
import { formatTable, print, printJson } from "./output.ts";
import { requireRoot } from "./require-root.ts";
import { listNames, readFacts, type SandboxFacts } from "./sandbox-facts.ts";

/** Lists all sandboxes, one a line. */
export async function listSandboxes(options: { json?: boolean }): Promise<void> {
  requireRoot();
  const systemd = await connectSystemd();
  let facts: readonly SandboxFacts[];
  try {
    const replaced = openReplacedFiles();
    facts = await Promise.all(listNames().map((name) => readFacts(systemd, name, replaced)));
  } finally {
    systemd.close();
  }
  if (options.json === true) printJson(facts);
  else if (facts.length > 0)
    print(formatTable(["NAME", "STATE", "BOOT", "PORTS", "ADDRESS", "SINCE", "NOTES", "RUNS"], facts.map(formatRow)));
  else if (process.stdout.isTTY) print("No sandboxes. Make one: sandboxcontainer create NAME --unit UNIT");
}

function formatRow(facts: SandboxFacts): readonly string[] {
  return [
    facts.name,
    facts.error === null ? facts.state : "bad conf",
    facts.enabled,
    facts.ports.join(",") || "-",
    facts.addresses[0] ?? "-",
    facts.since === null ? "-" : formatTime(facts.since),
    describeNotes(facts) || "-",
    facts.runs || (facts.error?.split("\n")[0] ?? "-"),
  ];
}

const describeNotes = ({ replacedFiles, confChanged }: SandboxFacts): string =>
  [...(replacedFiles.length > 0 ? ["needs-restart"] : []), ...(confChanged ? ["conf-changed"] : [])].join(",");

/** Local time, to the second. */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
