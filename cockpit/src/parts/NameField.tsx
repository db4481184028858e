import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput } from "@patternfly/react-core";
import { _, fill } from "../text.ts";

/** Why a name cannot be that of a new sandbox; undefined if it can. The command checks it again. */
export function objectTo(name: string, taken: readonly string[]): string | undefined {
  if (taken.includes(name)) return fill("There is a sandbox $0 already", name);
  return /^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,62})$/.test(name)
    ? undefined
    : _("A name has letters, digits, dots, dashes and underscores, and begins with a letter or a digit");
}

export function NameField({
  value,
  onChange,
  taken,
}: {
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly taken: readonly string[];
}) {
  const objection = value === "" ? undefined : objectTo(value, taken);
  return (
    <FormGroup label={_("Name")} isRequired fieldId="name">
      <TextInput
        id="name"
        value={value}
        isRequired
        validated={objection === undefined ? "default" : "error"}
        aria-describedby={objection === undefined ? undefined : "name-objection"}
        onChange={(_event, text) => {
          onChange(text);
        }}
      />
      {objection !== undefined && (
        <FormHelperText>
          <HelperText id="name-objection">
            <HelperTextItem variant="error">{objection}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
