import { SandboxError } from "../../../base/errors.ts";
import { findNearest } from "../../../base/text.ts";
import { type ConfSection, isKnownSection, keysOf, sections } from "../../../conf/keys/known-keys.ts";
import { snapshotKeys } from "../../../conf/keys/snapshot-keys.ts";
import { resourceKeys, serviceKeys, timerKeys, unitKeys } from "../../../conf/keys/systemd-keys.ts";
import { endsInBackslash } from "../../../conf/parse-conf.ts";
import { isSettingName, settings } from "../../../conf/settings.ts";
import { readValues, writeValues } from "./edit-conf-text.ts";

/** One `KEY=VALUE` argument of `set`. */
export interface Assignment {
  readonly section: ConfSection;
  readonly key: string;
  readonly how: "=" | "+=" | "-=";
  readonly value: string;
}

const knownKeys = new Map<ConfSection, readonly string[]>([...keysOf, ["Unit", unitKeys], ["Service", serviceKeys]]);

/**
 * Parses `KEY=VALUE`, `KEY+=VALUE` or `KEY-=VALUE`. If two sections have the key, `SECTION.` stands before it. Throws a
 * SandboxError.
 */
export function parseAssignment(text: string): Assignment {
  const [, sectionText, key, how, value] =
    /^(?:([A-Za-z]+)\.)?([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)(\+=|-=|=)(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined || /[\n\r\0]/.test(value)) {
    throw new SandboxError(`${JSON.stringify(text)} is not an assignment`, {
      hint: "Write KEY=VALUE, such as MemoryMax=1G. KEY= clears the setting",
      status: 2,
    });
  }
  refuseContinued(text, value);
  const section = sectionText === undefined ? findSection(key) : parseSection(sectionText);
  return { section, key, how: how === "+=" || how === "-=" ? how : "=", value: value.trim() };
}

/** Throws a SandboxError if a value would go on in the next line of a conf. `text` is what the person wrote. */
export function refuseContinued(text: string, value: string): void {
  if (!endsInBackslash(value.trim())) return;
  throw new SandboxError(`${text}: a backslash at the end of a value would join the next line of the conf to it`, {
    hint: "Write two, or none",
    status: 2,
  });
}

const kindsOf: ReadonlyMap<ConfSection, ReadonlyMap<string, "once" | "list">> = new Map([
  ["Resources", resourceKeys],
  ["Timer", timerKeys],
  ["Snapshots", snapshotKeys],
]);

/** Whether several lines with this key add up. */
export function repeats({ section, key }: Pick<Assignment, "section" | "key">): boolean {
  if (isSettingName(key)) return settings[key].repeats;
  const kinds = kindsOf.get(section);
  return kinds === undefined || kinds.get(key) === "list";
}

function findSection(key: string): ConfSection {
  // A time without a section is one of a job: those of snapshots have the keys of timers too.
  const found = sections.filter(
    (section) => knownKeys.get(section)?.includes(key) && !(section === "Snapshots" && timerKeys.has(key)),
  );
  if (found.length > 1)
    throw new SandboxError(`${key}= is a key of [${found.join("] and [")}]`, {
      hint: `Say which: ${found.map((section) => `${section}.${key}=`).join(" or ")}`,
      status: 2,
    });
  if (found[0] !== undefined) return found[0];
  const nearest = findNearest(key, [...knownKeys.values()].flat());
  throw new SandboxError(`${key}= is not a known setting`, {
    hint: nearest === undefined ? "See sandboxcontainer.conf(5), or write SECTION.KEY=" : `Did you mean ${nearest}=?`,
    status: 2,
  });
}

function parseSection(text: string): ConfSection {
  if (isKnownSection(text)) return text;
  const nearest = findNearest(text, sections);
  throw new SandboxError(`[${text}] is not a section of a conf`, {
    hint: nearest === undefined ? `Sections are ${sections.join(", ")}` : `Did you mean ${nearest}?`,
    status: 2,
  });
}

/**
 * Applies the assignments. Several values of a key that may repeat add up; the first `=` among them replaces the old
 * values.
 */
export function applyAssignments(text: string, assignments: readonly Assignment[]): string {
  const replaced = new Set<string>();
  return assignments.reduce((current, assignment) => {
    const { section, key, how, value } = assignment;
    const values = readValues(current, section, key);
    const isFirst = how === "=" && !replaced.has(`${section}.${key}`);
    if (how !== "=" && !repeats(assignment))
      throw new SandboxError(`${key}= takes only one value, so nothing can be added or removed`, {
        hint: `Write ${key}=VALUE`,
        status: 2,
      });
    if (how === "=" && !isFirst && !repeats(assignment))
      throw new SandboxError(`${key}= is given twice`, { status: 2 });
    if (how === "-=" && !values.includes(value))
      throw new SandboxError(`there is no ${key}=${value} to remove`, {
        hint:
          values.length === 0
            ? "The conf has none"
            : `The conf has ${values.map((each) => `${key}=${each}`).join(", ")}`,
      });
    if (how === "=") replaced.add(`${section}.${key}`);
    const wanted =
      how === "-="
        ? values.filter((each) => each !== value)
        : [...(isFirst ? [] : values), ...(value === "" ? [] : [value])];
    return writeValues(current, section, key, wanted);
  }, text);
}
