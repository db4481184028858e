import { fill } from "../text.ts";
import { drawLine, height, width } from "./draw-line.ts";

/**
 * A line of values, one a second, the latest at the right. `least` is the smallest value that may fill the whole height,
 * so that noise stays small.
 */
export function Graph({
  title,
  now,
  values,
  least,
}: {
  readonly title: string;
  readonly now: string;
  readonly values: readonly (number | null)[];
  readonly least: number;
}) {
  return (
    <figure className="graph">
      <figcaption>
        <span>{title}</span> <span>{now}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={fill("$0: $1", title, now)}
      >
        <polyline points={drawLine(values, least)} />
      </svg>
    </figure>
  );
}
