/** A function that is called once for each argument; what it returned, undefined too, is the answer from then on. */
export function once<Result>(read: (key: string) => Result): (key: string) => Result {
  const known = new Map<string, { readonly result: Result }>();
  return (key) => {
    const { result } = known.get(key) ?? { result: read(key) };
    known.set(key, { result });
    return result;
  };
}
