import { Checkbox, Content } from "@patternfly/react-core";
import { useState } from "react";
import { isRunning } from "../host/is-running.ts";
import type { Facts } from "../host/types.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { _, fill } from "../text.ts";
import { download } from "./download.ts";

/** Sends the archive of a sandbox to the browser. */
export function ExportDialog({ facts, onClose }: { readonly facts: Facts; readonly onClose: () => void }) {
  const runs = isRunning(facts);
  const [whileRunning, setWhileRunning] = useState(false);
  return (
    <Dialog
      title={fill("Download an archive of $0", facts.name)}
      action={_("Download")}
      isReady={!runs || whileRunning}
      onClose={onClose}
      work={() => {
        const running = whileRunning ? ["--running"] : [];
        download(["sandboxcontainer", "export", facts.name, "-", ...running], `${facts.name}.tar.zst`);
        return Promise.resolve();
      }}
    >
      <Content component="p">
        {_(
          "The archive has the conf and all files. `sandboxcontainer import` makes a sandbox from it, also on another host.",
        )}
      </Content>
      {runs && (
        <Checkbox
          id="running"
          label={_("It runs: export it as it is now, as after a power cut")}
          isChecked={whileRunning}
          onChange={(_event, checked) => {
            setWhileRunning(checked);
          }}
        />
      )}
    </Dialog>
  );
}
