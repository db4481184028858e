import type { Explained } from "./reasons.ts";

export const ofTrees: readonly Explained[] = [
  {
    file: "helpers/sandbox/tree/beneath.ts",
    line: 'const text = path.toString("latin1").replace(/\\/+$/, "");',
    change: ["/\\/+$/", "/\\/*$/"],
    why: "no slash is replaced by nothing",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: 'if (error instanceof Error && "code" in error && error.code === "EINVAL") return undefined;',
    why: "only what happens between two system calls shows it",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: "for (let left = size; left > 0;) {",
    change: [">", ">="],
    why: "one more read has no bytes",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: "const buffer = Buffer.alloc(Math.min(left, 65_536));",
    change: ["65_536", "65537"],
    why: "pieces of any size are the same file",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: "export const O_PATH = 0o10000000;",
    why: "with this flag the kernel looks at no other mode (open(2))",
  },
  {
    file: "helpers/sandbox/tree/look-up.ts",
    line: "const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;",
    change: ["|", "&"],
    why: "only a lease of another process shows it, and neither Node nor a shell can take one",
  },
  {
    file: "helpers/sandbox/upgrade/plan-upgrade.ts",
    line: "if (base !== undefined && entry !== undefined && compareEntries(base, entry).length === 0) continue;",
    change: ["base !== undefined && entry !== undefined && compareEntries(base, entry).length === 0", "false"],
    why: "it only saves time",
  },
  {
    file: "helpers/sandbox/upgrade/plan-upgrade.ts",
    line: 'const host = (next?.kind === "file" ? readNew(next) : undefined) ?? "";',
    change: ['""', '"?"'],
    why: "a line without an id is no group",
  },
];
