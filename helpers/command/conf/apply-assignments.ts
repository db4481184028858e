import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { readValues, writeValues } from "./edit-conf-text.ts";
import { type Assignment, repeats } from "./parse-assignment.ts";

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
