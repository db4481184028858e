import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput } from "@patternfly/react-core";
import { useMemo } from "react";
import type { Unit } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Problems } from "../parts/Problems.tsx";
import { _, count, plain } from "../text.ts";

const units = ["units"] as const;

/** Lets the user choose one of the units that a sandbox can run. What is typed filters them. */
export function UnitPicker({ value, onChange }: { readonly value: string; readonly onChange: (unit: string) => void }) {
  const { result = [], problems, busy } = useCommand<readonly Unit[]>(units);
  const byName = useMemo(() => new Map(result.map((each) => [each.unit, each])), [result]);
  const chosen = byName.get(value);
  return (
    <FormGroup label={_("Service")} isRequired fieldId="unit">
      <Problems title={_("The services cannot be listed")} problems={problems} />
      <TextInput
        id="unit"
        list="units"
        autoComplete="off"
        placeholder={busy ? _("Loading") : "apache2.service"}
        value={value}
        aria-describedby="unit-help"
        onChange={(_event, unit) => {
          onChange(unit);
        }}
      />
      <datalist id="units">
        {result.map((each) => (
          <option key={each.unit} value={each.unit}>
            {plain(each.description, 100)}
          </option>
        ))}
      </datalist>
      <FormHelperText>
        <HelperText id="unit-help">
          <HelperTextItem>
            {chosen === undefined
              ? count("$0 service can be sandboxed", "$0 services can be sandboxed", result.length)
              : describe(chosen)}
          </HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

function describe({ description, package: source, state, sandboxes }: Unit): string {
  const parts = [
    description,
    ...(source === null ? [] : [source]),
    ...(state === "active" ? [_("runs on the host now")] : []),
    ...(sandboxes.length === 0 ? [] : [`${_("already runs in")} ${sandboxes.join(", ")}`]),
  ];
  return plain(parts.join(" · "), 300);
}
