import { Button } from "@patternfly/react-core";
import { _ } from "../text.ts";

/** Leads to the form for a new sandbox. */
export function CreateButton() {
  return (
    <Button
      variant="primary"
      onClick={() => {
        cockpit.location.go(["create"]);
      }}
    >
      {_("Create a sandbox")}
    </Button>
  );
}
