import { Bullseye, EmptyState, Spinner } from "@patternfly/react-core";
import type { ReactNode } from "react";
import type { Answer } from "../host/use-command.ts";
import { _ } from "../text.ts";
import { Problems } from "./Problems.tsx";

/** Draws an answer of the command once it is there, a spinner before, and what went wrong. */
export function Answered<Result>({
  answer,
  title,
  children,
}: {
  readonly answer: Answer<Result>;
  readonly title: string;
  readonly children: (result: Result) => ReactNode;
}) {
  return (
    <>
      <Problems title={title} problems={answer.problems} />
      {answer.result === undefined ? answer.busy && <Waiting /> : children(answer.result)}
    </>
  );
}

export function Waiting() {
  return (
    <Bullseye>
      <Spinner aria-label={_("Loading")} />
    </Bullseye>
  );
}

/** Says that there is nothing to show. */
export function Nothing({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <EmptyState titleText={title} headingLevel="h2" variant="sm">
      {children}
    </EmptyState>
  );
}
