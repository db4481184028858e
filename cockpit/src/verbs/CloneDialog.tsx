import { Content, FormGroup, TextInput } from "@patternfly/react-core";
import { useState } from "react";
import { ask } from "../host/command.ts";
import { isRunning } from "../host/is-running.ts";
import { refresh, useWorld } from "../host/store.ts";
import type { Facts } from "../host/types.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { NameField, objectTo } from "../parts/NameField.tsx";
import { _, fill } from "../text.ts";

/** Makes a copy of a sandbox with all its data. */
export function CloneDialog({ facts, onClose }: { readonly facts: Facts; readonly onClose: () => void }) {
  const taken = (useWorld().sandboxes ?? []).map(({ name }) => name);
  const [name, setName] = useState("");
  const [ports, setPorts] = useState("");
  const runs = isRunning(facts);
  return (
    <Dialog
      title={fill("Clone $0", facts.name)}
      action={_("Clone")}
      isReady={objectTo(name, taken) === undefined}
      onClose={onClose}
      work={async () => {
        const publish = ports
          .split(/[\s,]+/)
          .filter(Boolean)
          .flatMap((port) => ["--publish", port]);
        await ask(["clone", facts.name, name, ...publish, ...(runs ? ["--running"] : [])]);
        await refresh();
        cockpit.location.go(["sandbox", name]);
      }}
    >
      <Content component="p">
        {_("The clone gets all files, and an identity of its own. Ports and addresses are not copied.")}{" "}
        {runs && _("It runs, so the clone is as after a power cut.")}
      </Content>
      <NameField value={name} onChange={setName} taken={taken} />
      <FormGroup label={_("Ports, such as 8082:80")} fieldId="ports">
        <TextInput
          id="ports"
          value={ports}
          onChange={(_event, text) => {
            setPorts(text);
          }}
        />
      </FormGroup>
    </Dialog>
  );
}
