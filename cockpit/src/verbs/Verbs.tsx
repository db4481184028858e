import { AlertGroup } from "@patternfly/react-core";
import { createContext, type ReactNode, Suspense, useCallback, useContext, useMemo, useState } from "react";
import { doEach, problemsOf } from "../host/command.ts";
import { refresh } from "../host/store.ts";
import type { Facts, Problem } from "../host/types.ts";
import { later } from "../parts/later.ts";
import { Problems } from "../parts/Problems.tsx";
import { _ } from "../text.ts";
import type { AskingVerb, ImmediateVerb, Verb } from "./actions.ts";

// Dialogs are loaded when the first one opens.
const AskingDialog = later(() => import("./AskingDialog.tsx"));

interface Verbs {
  /** Does something with sandboxes. Asks first, or for more, where that is necessary. */
  readonly begin: (verb: Verb, sandboxes: readonly Facts[]) => void;
}

const Context = createContext<Verbs>({ begin: () => undefined });

/** What can be done with sandboxes, for the list and for the page of one. */
export const useVerbs = (): Verbs => useContext(Context);

interface Asked {
  readonly verb: AskingVerb;
  readonly sandboxes: readonly Facts[];
}

interface Failure {
  readonly title: string;
  readonly problems: readonly Problem[];
}

/** Gives its children `useVerbs`, and shows the dialogs and what failed. */
export function VerbsProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>();
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const begin = useCallback((verb: Verb, sandboxes: readonly Facts[]) => {
    if (!isImmediate(verb)) {
      setAsked({ verb, sandboxes });
      return;
    }
    void runAtOnce(verb, sandboxes).then((failure) => {
      if (failure !== undefined) setFailures((before) => [...before, failure]);
      void refresh();
    });
  }, []);
  const verbs = useMemo(() => ({ begin }), [begin]);
  return (
    <Context.Provider value={verbs}>
      {children}
      {failures.length > 0 && (
        <AlertGroup isToast isLiveRegion>
          {failures.map((failure, index) => (
            <Problems
              key={index}
              {...failure}
              onClose={() => {
                setFailures((before) => before.filter((each) => each !== failure));
              }}
            />
          ))}
        </AlertGroup>
      )}
      {asked !== undefined && (
        <Suspense>
          <AskingDialog
            {...asked}
            onClose={() => {
              setAsked(undefined);
            }}
          />
        </Suspense>
      )}
    </Context.Provider>
  );
}

const immediate: readonly Verb[] = ["start", "stop", "restart", "enable", "disable"] satisfies readonly ImmediateVerb[];
const isImmediate = (verb: Verb): verb is ImmediateVerb => immediate.includes(verb);

async function runAtOnce(verb: ImmediateVerb, sandboxes: readonly Facts[]): Promise<Failure | undefined> {
  const names = sandboxes.map(({ name }) => name);
  try {
    await doEach([verb, ...names]);
    return undefined;
  } catch (error) {
    return { title: titleOf(verb, names), problems: problemsOf(error) };
  }
}

function titleOf(verb: ImmediateVerb, names: readonly string[]): string {
  const title = {
    start: _("$0 did not start"),
    stop: _("$0 did not stop"),
    restart: _("$0 did not restart"),
    enable: _("$0 will not start at boot"),
    disable: _("$0 will still start at boot"),
  }[verb];
  return cockpit.format(title, names.join(", "));
}
