import { Content } from "@patternfly/react-core";
import { useState } from "react";
import { ask } from "../host/command.ts";
import { isRunning } from "../host/is-running.ts";
import { refresh, useWorld } from "../host/store.ts";
import type { Facts } from "../host/types.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { NameField, objectTo } from "../parts/NameField.tsx";
import { _, fill } from "../text.ts";

/** Gives a sandbox another name. */
export function RenameDialog({ facts, onClose }: { readonly facts: Facts; readonly onClose: () => void }) {
  const taken = (useWorld().sandboxes ?? []).map(({ name }) => name);
  const [name, setName] = useState("");
  const runs = isRunning(facts);
  return (
    <Dialog
      title={fill("Rename $0", facts.name)}
      action={_("Rename")}
      isReady={!runs && objectTo(name, taken) === undefined}
      onClose={onClose}
      work={async () => {
        await ask(["rename", facts.name, name]);
        await refresh();
        if (cockpit.location.path[0] === "sandbox") cockpit.location.go(["sandbox", name]);
      }}
    >
      {runs && <Content component="p">{_("Stop it first: a running sandbox keeps its name.")}</Content>}
      <NameField value={name} onChange={setName} taken={taken} />
    </Dialog>
  );
}
