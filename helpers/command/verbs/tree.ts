import { formatBytes } from "../../../base/text.ts";
import { requireController } from "../../host/libvirt/find-controller.ts";
import { listProcesses, type Process } from "../../host/process/processes.ts";
import { tryReadState } from "../../sandbox/state.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { formatTable, print, printJson } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "tree",
  group: "Look",
  summary: "show the processes of a running sandbox",
  places: { "<name>": "sandbox" },
  json: `{ pid: number; insidePid: number; parent: number; user: number; memoryBytes: number; command: string }[]`,
  examples: ["tree web1"],
  run: showTree,
};

function showTree(text: string, options: { json?: boolean }): void {
  const name = requireSandbox(text);
  const processes = listProcesses(requireController(name).initPid);
  const idBase = tryReadState(name)?.idBase ?? 0;
  const branches = arrangeTree(processes);
  const inside = (process: Process): Process => ({ ...process, user: process.user - idBase });
  if (options.json === true) printJson(branches.map(({ process }) => inside(process)));
  else
    print(
      formatTable(
        ["PID", "INSIDE", "USER", "MEMORY", "COMMAND"],
        branches.map(({ process, branch }) => formatRow(inside(process), branch)),
      ),
    );
}

const formatRow = (process: Process, branch: string): readonly string[] => [
  String(process.pid),
  String(process.insidePid),
  String(process.user),
  formatBytes(process.memoryBytes),
  `${branch}${printableName(process.command)}`,
];

/**
 * Lists every process after its parent, with the lines that lead to it. A process whose parent is not in the list came
 * from outside.
 */
export function arrangeTree(
  processes: readonly Process[],
): readonly { readonly process: Process; readonly branch: string }[] {
  const known = new Set(processes.map(({ pid }) => pid));
  const below = Map.groupBy(processes, ({ parent }) => (known.has(parent) ? parent : 0));
  const visit = (process: Process, branch: string, stem: string): { process: Process; branch: string }[] => [
    { process, branch },
    ...(below.get(process.pid) ?? []).flatMap((child, index, children) => {
      const isLast = index === children.length - 1;
      return visit(child, `${stem}${isLast ? "└─" : "├─"}`, `${stem}${isLast ? "  " : "│ "}`);
    }),
  ];
  return (below.get(0) ?? []).flatMap((process) => visit(process, "", ""));
}
