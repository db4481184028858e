import type { Facts } from "../host/types.ts";
import type { AskingVerb } from "./actions.ts";
import { CloneDialog } from "./CloneDialog.tsx";
import { DeleteDialog } from "./DeleteDialog.tsx";
import { ExportDialog } from "./ExportDialog.tsx";
import { RenameDialog } from "./RenameDialog.tsx";

/** The dialog of a verb that needs one. */
export default function AskingDialog({
  verb,
  sandboxes,
  onClose,
}: {
  readonly verb: AskingVerb;
  readonly sandboxes: readonly Facts[];
  readonly onClose: () => void;
}) {
  const [first] = sandboxes;
  if (first === undefined) return null;
  switch (verb) {
    case "clone":
      return <CloneDialog facts={first} onClose={onClose} />;
    case "rename":
      return <RenameDialog facts={first} onClose={onClose} />;
    case "export":
      return <ExportDialog facts={first} onClose={onClose} />;
    case "delete":
      return <DeleteDialog sandboxes={sandboxes} onClose={onClose} />;
  }
}
