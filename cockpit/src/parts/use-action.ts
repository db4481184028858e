import { useEffect, useRef, useState } from "react";
import { problemsOf } from "../host/command.ts";
import type { Problem } from "../host/types.ts";

/** Something that the user can do: whether it goes on, and why it failed. */
export interface Action<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => Promise<boolean>;
  readonly busy: boolean;
  readonly problems: readonly Problem[];
  readonly forget: () => void;
}

/** `run` resolves to whether the work succeeded. It never throws. */
export function useAction<Args extends readonly unknown[]>(work: (...args: Args) => Promise<unknown>): Action<Args> {
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const run = async (...args: Args): Promise<boolean> => {
    setBusy(true);
    setProblems([]);
    let found: readonly Problem[] = [];
    try {
      await work(...args);
    } catch (error) {
      found = problemsOf(error);
    }
    if (shown.current) {
      setBusy(false);
      setProblems(found);
    }
    return found.length === 0;
  };
  return {
    run,
    busy,
    problems,
    forget: () => {
      setProblems([]);
    },
  };
}
