import { Alert, AlertActionCloseButton, Stack, StackItem } from "@patternfly/react-core";
import type { Problem } from "../host/types.ts";
import { plain } from "../text.ts";

/** What failed, and what to do. Nothing if nothing failed. */
export function Problems({
  title,
  problems,
  onClose,
}: {
  readonly title: string;
  readonly problems: readonly Problem[];
  readonly onClose?: () => void;
}) {
  if (problems.length === 0) return null;
  return (
    <Alert
      component="p"
      isInline
      variant="danger"
      title={title}
      actionClose={onClose === undefined ? undefined : <AlertActionCloseButton onClose={onClose} />}
    >
      <Stack hasGutter>
        {problems.map(({ message, hint }, index) => (
          <StackItem key={index}>
            <span className="verbatim">{plain(message)}</span>
            {hint !== null && <div className="verbatim hint">{plain(hint)}</div>}
          </StackItem>
        ))}
      </Stack>
    </Alert>
  );
}
