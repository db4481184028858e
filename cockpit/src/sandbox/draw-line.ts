/** The size of the drawing, in its own units. */
export const width = 300;
export const height = 60;

/** The points of the line, in the units of the drawing. */
export function drawLine(values: readonly (number | null)[], least: number, places = 300): string {
  const top = Math.max(least, ...values.map((value) => value ?? 0));
  const step = width / (places - 1);
  return values
    .map((value, index) => {
      const x = width - (values.length - 1 - index) * step;
      const y = height - ((value ?? 0) / top) * height;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
