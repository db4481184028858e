/** Formats bytes with the largest suffix that is exact, as in Image=. */
export function formatSize(bytes: number): string {
  const suffixes = ["", "K", "M", "G", "T"];
  let [size, step] = [bytes, 0];
  while (size >= 1024 && size % 1024 === 0 && step < 4) [size, step] = [size / 1024, step + 1];
  return `${size}${suffixes[step] ?? ""}`;
}
