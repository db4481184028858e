import { Content, List, ListItem } from "@patternfly/react-core";
import { doEach } from "../host/command.ts";
import { isRunning } from "../host/is-running.ts";
import { refresh } from "../host/store.ts";
import type { Facts } from "../host/types.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { _, count, fill } from "../text.ts";

/** Asks before sandboxes are deleted with all their data. */
export function DeleteDialog({
  sandboxes,
  onClose,
}: {
  readonly sandboxes: readonly Facts[];
  readonly onClose: () => void;
}) {
  const names = sandboxes.map(({ name }) => name);
  const running = sandboxes.filter(isRunning).length;
  return (
    <Dialog
      title={
        names.length === 1
          ? fill("Delete $0?", names[0] ?? "")
          : count("Delete $0 sandbox?", "Delete $0 sandboxes?", names.length)
      }
      action={_("Delete")}
      variant="danger"
      onClose={onClose}
      work={async () => {
        await doEach(["delete", "--force", ...names]);
        await refresh();
        if (cockpit.location.path[0] === "sandbox") cockpit.location.go([]);
      }}
    >
      <Content component="p">
        {_("All files, snapshots and the conf are removed. This cannot be undone.")}{" "}
        {running > 0 && count("$0 of them runs, and is stopped.", "$0 of them run, and are stopped.", running)}
      </Content>
      {names.length > 1 && (
        <List>
          {names.slice(0, 20).map((name) => (
            <ListItem key={name}>{name}</ListItem>
          ))}
          {names.length > 20 && <ListItem>…</ListItem>}
        </List>
      )}
    </Dialog>
  );
}
