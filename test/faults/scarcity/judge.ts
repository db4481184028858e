import { judge, readObserved } from "../calls/judge.ts";
import type { Case } from "./cases.ts";

/**
 * Says what is wrong with how a verb did without something. `text` is what `attempt lack` prints, and `after` are the
 * files when the verb does all. Empty if nothing is wrong.
 */
export function judgeLack(
  { says = /./ }: Pick<Case, "says">,
  isMeantToFail: boolean,
  text: string,
  after: string,
): readonly string[] {
  const observed = readObserved(text);
  const complaints = judge(observed, after).filter((each) => each !== "the message names nothing");
  if (isMeantToFail && observed.status === 0) complaints.push("it does without");
  if (isMeantToFail && observed.status !== 0 && !says.test(observed.stderr))
    complaints.push(`the message does not say ${says.source}`);
  if (!isMeantToFail && observed.status !== 0) complaints.push(`it fails with status ${observed.status}`);
  if (!/^== other\nruns on$/m.test(text)) complaints.push("another sandbox has ended");
  return complaints;
}
