/** Returns a function that calls `read` once for each argument and remembers the result, even if it is undefined. */
export function once<Result>(read: (key: string) => Result): (key: string) => Result {
  const known = new Map<string, { readonly result: Result }>();
  return (key) => {
    const { result } = known.get(key) ?? { result: read(key) };
    known.set(key, { result });
    return result;
  };
}
