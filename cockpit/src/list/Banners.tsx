import { Alert } from "@patternfly/react-core";
import { useAccess } from "../host/access.ts";
import { useWorld } from "../host/store.ts";
import { _, plain } from "../text.ts";

/** Says what the page cannot do for a user who is no administrator. */
export function LimitedAccess() {
  if (useAccess()) return null;
  return (
    <Alert component="p" isInline variant="info" title={_("You have limited access")}>
      {_(
        "You see which sandboxes there are and whether they run. Turn on administrative access to look into them and to change them.",
      )}
    </Alert>
  );
}

/** Says that what the page shows may be old. */
export function LostSystemd() {
  const { lost } = useWorld();
  if (lost === undefined) return null;
  return (
    <Alert component="p" isInline variant="warning" title={_("systemd does not answer")}>
      {_("The page may show an old state, and tries again every two seconds.")}{" "}
      <span className="verbatim">{plain(lost)}</span>
    </Alert>
  );
}
