import { useCallback, useEffect, useRef, useState } from "react";
import { ask, problemsOf } from "./command.ts";
import type { Problem } from "./types.ts";

/** An answer of the command, and how to ask again. While it asks again, the old answer stays. */
export interface Answer<Result> {
  readonly result: Result | undefined;
  readonly problems: readonly Problem[];
  readonly busy: boolean;
  readonly again: () => Promise<void>;
}

/**
 * Asks the command when the arguments change, or anything else that the answer depends on. `asker` may be `attempt`.
 */
export function useCommand<Result>(
  args: readonly string[],
  asker: typeof ask = ask,
  depends?: unknown,
): Answer<Result> {
  const key = JSON.stringify(args);
  const [state, setState] = useState<Omit<Answer<Result>, "again">>({ result: undefined, problems: [], busy: true });
  const turn = useRef(0);
  const again = useCallback(async () => {
    const mine = ++turn.current;
    const settle = (change: Partial<Omit<Answer<Result>, "again">>): void => {
      // A later question makes this answer old.
      if (turn.current === mine) setState((before) => ({ ...before, busy: false, ...change }));
    };
    setState((before) => ({ ...before, busy: true }));
    try {
      settle({ result: await asker<Result>(JSON.parse(key) as string[]), problems: [] });
    } catch (error) {
      settle({ problems: problemsOf(error) });
    }
  }, [key, asker]);
  useEffect(() => {
    void again();
    return () => {
      turn.current++;
    };
  }, [again, depends]);
  return { ...state, again };
}
