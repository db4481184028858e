const opposite = new Map(
  ["dD", "wW", "sS", "bB"].flatMap(([one = "", other = ""]) => [
    [`\\${one}`, `\\${other}`],
    [`\\${other}`, `\\${one}`],
  ]),
);

// A class, an escape, the beginning of a group, a count, or a character.
const token =
  /\[\^?(?:[^\]\\]|\\.)*\]|\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|.)|\((?:\?(?:<?[=!]|:|<\w+>))?|\{\d+(?:,\d*)?\}|./gsu;

/** Lists small changes of a regular expression literal, as literals. */
export function mutatePattern(literal: string): readonly string[] {
  const end = literal.lastIndexOf("/");
  const pattern = literal.slice(1, end);
  const flags = literal.slice(end + 1);
  const changed = [...pattern.matchAll(token)].flatMap(({ 0: piece, index }) =>
    mutatePiece(piece).map((now) => `/${pattern.slice(0, index)}${now}${pattern.slice(index + piece.length)}/${flags}`),
  );
  // Without the others a pattern may say something else, or nothing.
  return [...changed, ...(flags.includes("i") ? [`/${pattern}/${flags.replace("i", "")}`] : [])].filter(isPattern);
}

function mutatePiece(piece: string): readonly string[] {
  const other = opposite.get(piece);
  if (other !== undefined) return [other];
  if (piece === "^" || piece === "$") return [""];
  if (piece.startsWith("[^")) return [`[${piece.slice(2)}`];
  if (piece.startsWith("[")) return [`[^${piece.slice(1)}`];
  if (piece === "+") return ["*", ""];
  if (piece === "*") return ["+", ""];
  if (piece === "(?!" || piece === "(?<!") return [piece.replace("!", "=")];
  if (piece === "(?=" || piece === "(?<=") return [piece.replace("=", "!")];
  if (piece === "?") return [""];
  return mutateCount(piece);
}

function mutateCount(piece: string): readonly string[] {
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(piece) ?? [];
  if (least === undefined || comma === undefined || most === undefined) return [];
  const more = `{${Number(least) + 1}${comma}${most}}`;
  return most === "" ? [more] : [more, `{${least},${Number(most) + 1}}`];
}

function isPattern(literal: string): boolean {
  const end = literal.lastIndexOf("/");
  try {
    new RegExp(literal.slice(1, end), literal.slice(end + 1));
    return end > 1;
  } catch {
    return false;
  }
}
