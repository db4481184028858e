import { plain } from "../text.ts";
import { pairUp } from "./pair-up.ts";

/** Two versions of a text beside each other. */
export function TextDifference({
  text,
  left,
  right,
}: {
  readonly text: string;
  readonly left: string;
  readonly right: string;
}) {
  return (
    <table className="difference">
      <thead>
        <tr>
          <th scope="col">{left}</th>
          <th scope="col">{right}</th>
        </tr>
      </thead>
      <tbody>
        {pairUp(text).map((pair, index) => (
          <tr key={index} className={pair.left === pair.right ? undefined : "differs"}>
            <td>{pair.left === undefined ? "" : plain(pair.left)}</td>
            <td>{pair.right === undefined ? "" : plain(pair.right)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
