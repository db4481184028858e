import { allVerbs } from "../../helpers/command/all-verbs.ts";

const first =
  "doctor units create start enable list show why files logs stats top tree events security audit connect execute " +
  "copy-to copy-from diff reload set settings edit verify restart upgrade snapshot snapshots";
const last = "stop revert rollback delete-snapshot resize clone export import rename disable delete";

/** Lists the examples of all verbs, in an order in which they can be typed. Other verbs come while all sandboxes run. */
export function listExamples(): readonly string[] {
  const names = [first, last].map((words) => words.split(" "));
  const others = allVerbs.map(({ name }) => name).filter((name) => !names.flat().includes(name));
  const order = [names[0] ?? [], others, names[1] ?? []].flat();
  return order.flatMap((name) => allVerbs.find((verb) => verb.name === name)?.examples ?? []);
}
