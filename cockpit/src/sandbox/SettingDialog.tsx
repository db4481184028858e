import {
  Content,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { useState } from "react";
import { ask, CommandError } from "../host/command.ts";
import { refresh } from "../host/store.ts";
import type { Problem, Setting } from "../host/types.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { _, fill, plain } from "../text.ts";
import { assignments, splitValues } from "./assignments.ts";

/** Changes one setting. Comments and the order of the conf stay. */
export function SettingDialog({
  name,
  digest,
  setting,
  runs,
  onSaved,
  onClose,
}: {
  readonly name: string;
  /** Of the conf that was read: a conf that changed meanwhile is not written. */
  readonly digest: string | null;
  readonly setting: Setting;
  readonly runs: boolean;
  /** Reads the new conf, before the dialog closes. */
  readonly onSaved: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const { key, section, help, manual, repeats } = setting;
  const { own, others } = splitValues(setting, name);
  const [text, setText] = useState(own.join("\n"));
  const [objection, setObjection] = useState<Problem>();
  const save = async (): Promise<void> => {
    setObjection(undefined);
    try {
      const was = digest === null ? [] : ["--was", digest];
      const words = assignments(setting, text, name);
      if (words.length > 0) await ask(["set", name, ...was, "--", ...words]);
    } catch (error) {
      const own = error instanceof CommandError ? error.problems.find((each) => each.key === key) : undefined;
      if (own !== undefined) setObjection(own);
      throw error;
    }
    await Promise.all([refresh(), onSaved()]);
  };
  const field = {
    id: "value",
    value: text,
    validated: objection === undefined ? ("default" as const) : ("error" as const),
    "aria-describedby": "value-help",
    onChange: (_event: unknown, value: string) => {
      setText(value);
    },
  };
  return (
    <Dialog title={fill("$0 of $1", key, name)} action={_("Save")} width="medium" work={save} onClose={onClose}>
      <FormGroup label={repeats ? fill("$0, one in each line", key) : key} fieldId="value">
        {repeats ? <TextArea {...field} rows={4} resizeOrientation="vertical" /> : <TextInput {...field} />}
        <FormHelperText>
          <HelperText id="value-help">
            {objection !== undefined && <HelperTextItem variant="error">{plain(objection.message)}</HelperTextItem>}
            <HelperTextItem>
              {help} {fill("See [$0] in $1.", section, manual)}
            </HelperTextItem>
            {others.map(({ value, origin }) => (
              <HelperTextItem key={`${origin} ${value}`}>{fill("$0 is from $1.", plain(value), origin)}</HelperTextItem>
            ))}
            <HelperTextItem>
              {setting.default === null ? _("Empty: not set") : fill("Empty: $0", setting.default)}
            </HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      {runs && (
        <Content component="p">
          {setting.effect === "now"
            ? _("It takes effect at once.")
            : _("It takes effect when the sandbox is restarted.")}
        </Content>
      )}
    </Dialog>
  );
}
