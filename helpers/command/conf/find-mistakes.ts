import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFile } from "../../host/write-file.ts";
import type { Conf, PassThroughLine } from "../../../generator/conf/conf.ts";
import { loadConfText } from "../../../generator/conf/load-conf.ts";
import { confFile } from "../../../generator/conf/paths.ts";
import { ConfError, ConfErrors } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { verifyLoaded } from "../../../generator/conf/verify-conf.ts";
import { run } from "../../host/run.ts";

// The sections of the unit. The limits of [Resources] become lines of its [Service].
const manuals = {
  Unit: "systemd.unit(5)",
  Service: "systemd.service(5) and systemd.exec(5)",
  Resources: "systemd.resource-control(5)",
  Install: "systemd.unit(5)",
} as const;

interface Line {
  readonly section: keyof typeof manuals;
  readonly line: PassThroughLine;
}

const linesOf = ({ passThrough, resources }: Pick<Conf, "passThrough" | "resources">): readonly Line[] => [
  ...passThrough.Unit.map((line) => ({ section: "Unit", line }) as const),
  ...passThrough.Service.map((line) => ({ section: "Service", line }) as const),
  ...resources.map((line) => ({ section: "Resources", line }) as const),
  ...passThrough.Install.map((line) => ({ section: "Install", line }) as const),
];

/**
 * Finds the lines of confs that systemd would only write a warning about, and ignore, when it reads the units: what
 * systemd-analyze(1) says of them. A boot does not look, because this takes longer than the generator.
 */
export async function findIgnored(confs: readonly Conf[]): Promise<ReadonlyMap<Conf, readonly ConfError[]>> {
  const written = confs.map((conf) => ({ conf, lines: linesOf(conf) })).filter(({ lines }) => lines.length > 0);
  if (written.length === 0) return new Map();
  const folder = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
  try {
    const units = written.map((each, index) => ({ ...each, file: join(folder, `sandbox@${index}.service`) }));
    for (const { file, lines } of units) writeFile(file, renderUnit(lines), { mode: 0o644 });
    const options = ["--man=no", "--generators=no", "--recursive-errors=no"];
    const words = ["verify", ...options, ...units.map(({ file }) => file)];
    const { stderr } = await run("systemd-analyze", words, { accept: [1] });
    return new Map(units.map(({ conf, file, lines }) => [conf, parseIgnored(stderr, file, lines)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Finds everything that is wrong with a new text of a conf, also what systemd would ignore. */
export async function findMistakes(name: SandboxName, text: string): Promise<readonly ConfError[]> {
  const loaded = loadConfText(name, confFile(name), text);
  return [...verifyLoaded(loaded).errors, ...((await findIgnored([loaded.conf])).get(loaded.conf) ?? [])];
}

/** Throws ConfErrors with all of that. */
export async function requireRight(name: SandboxName, text: string): Promise<void> {
  const errors = await findMistakes(name, text);
  if (errors.length > 0) throw new ConfErrors(errors);
}

// Each line of the conf takes two lines, so that the number of a line tells which it is.
const renderUnit = (lines: readonly Line[]): string =>
  lines
    .map(({ section, line }) => `[${section === "Resources" ? "Service" : section}]\n${line.key}=${line.value}\n`)
    .join("");

/** Parses `FILE:LINE: MESSAGE, ignoring: CAUSE`. Of lines that are only discouraged systemd says other things. */
export function parseIgnored(said: string, file: string, lines: readonly Line[]): readonly ConfError[] {
  return said.split("\n").flatMap((text) => {
    const [, number, message] = text.startsWith(`${file}:`)
      ? (/^(\d+): (.*?),? ignor(?:ing|ed)\b/.exec(text.slice(file.length + 1)) ?? [])
      : [];
    const found = lines[Math.ceil(Number(number) / 2) - 1];
    if (message === undefined || found === undefined) return [];
    const { section, line } = found;
    return [new ConfError(line, `systemd would ignore this line: ${message}`, `See ${manuals[section]}`)];
  });
}
