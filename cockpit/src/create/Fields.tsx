import {
  Checkbox,
  ExpandableSection,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Radio,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import type { Problem } from "../host/types.ts";
import { NameField } from "../parts/NameField.tsx";
import { _, plain } from "../text.ts";
import type { CreateWish } from "./to-arguments.ts";
import { UnitPicker } from "./UnitPicker.tsx";

interface FieldsProps {
  readonly wish: CreateWish;
  readonly change: (part: Partial<CreateWish>) => void;
  readonly taken: readonly string[];
  readonly problems: readonly Problem[];
}

/** The fields of the form for a new sandbox. What the command objected to is said at its field. */
export function Fields({ wish, change, taken, problems }: FieldsProps) {
  return (
    <>
      <NameField
        value={wish.name}
        taken={taken}
        onChange={(name) => {
          change({ name });
        }}
      />
      <FormGroup role="radiogroup" label={_("What runs in it")} fieldId="kind">
        {(["unit", "command"] as const).map((kind) => (
          <Radio
            key={kind}
            id={`kind-${kind}`}
            name="kind"
            label={kind === "unit" ? _("A service of this host") : _("A command")}
            isChecked={wish.kind === kind}
            onChange={() => {
              change({ kind });
            }}
          />
        ))}
      </FormGroup>
      {wish.kind === "unit" ? (
        <UnitPicker
          value={wish.unit}
          onChange={(unit) => {
            // While the unit is typed, the name follows, until the user chooses another.
            const follows = wish.name === "" || wish.name === freeName(wish.unit, taken);
            change({ unit, ...(follows ? { name: freeName(unit, taken) } : {}) });
          }}
        />
      ) : (
        <FormGroup label={_("Command")} isRequired fieldId="command">
          <TextInput
            id="command"
            value={wish.command}
            onChange={(_event, command) => {
              change({ command });
            }}
          />
        </FormGroup>
      )}
      <Field
        hasLines
        id="ports"
        label={_("Ports, such as 8081:80, one in each line")}
        value={wish.ports}
        objection={objectionTo("Publish", problems)}
        onChange={(ports) => {
          change({ ports });
        }}
      />
      <ExpandableSection toggleText={_("Data, network and limits")}>
        <More wish={wish} change={change} problems={problems} />
      </ExpandableSection>
      <Checkbox
        id="starts"
        label={_("Start it now")}
        isChecked={wish.starts}
        onChange={(_event, starts) => {
          change({ starts });
        }}
      />
      <Checkbox
        id="enable"
        label={_("Start it at boot")}
        isChecked={wish.enables}
        onChange={(_event, enables) => {
          change({ enables });
        }}
      />
    </>
  );
}

/** A name for a sandbox of a unit that no other has: `apache2`, `apache2-2` … */
function freeName(unit: string, taken: readonly string[]): string {
  const base = unit.replace(/\.[a-z]+$/, "").replaceAll(/[^a-zA-Z0-9._-]/g, "-");
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

const objectionTo = (key: string, problems: readonly Problem[]): string | undefined =>
  problems.find((each) => each.key === key)?.message;

function More({ wish, change, problems }: Omit<FieldsProps, "taken">) {
  return (
    <>
      <Field
        hasLines
        id="mounts"
        label={_("Folders of the host, such as host-bind:/srv=/srv/web1, one in each line")}
        value={wish.mounts}
        objection={objectionTo("Mount", problems)}
        onChange={(mounts) => {
          change({ mounts });
        }}
      />
      <Checkbox
        id="copy"
        label={_("Begin with the host's data from /var and /srv")}
        isChecked={wish.copies}
        onChange={(_event, copies) => {
          change({ copies });
        }}
      />
      <Field
        id="network"
        label={_("Network, such as source=default,address=dhcp (none, if empty)")}
        value={wish.network}
        objection={objectionTo("Network", problems)}
        onChange={(network) => {
          change({ network });
        }}
      />
      <Field
        id="memory"
        label={_("Most memory, such as 1G")}
        value={wish.memory}
        objection={objectionTo("MemoryMax", problems)}
        onChange={(memory) => {
          change({ memory });
        }}
      />
      <Field
        id="cpu"
        label={_("Most of the processors, such as 50%")}
        value={wish.cpu}
        objection={objectionTo("CPUQuota", problems)}
        onChange={(cpu) => {
          change({ cpu });
        }}
      />
    </>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly objection: string | undefined;
  readonly onChange: (value: string) => void;
  /** Whether it takes a value in each line. */
  readonly hasLines?: boolean;
}

function Field({ id, label, value, objection, onChange, hasLines = false }: FieldProps) {
  const input = {
    id,
    value,
    validated: objection === undefined ? ("default" as const) : ("error" as const),
    onChange: (_event: unknown, text: string) => {
      onChange(text);
    },
  };
  return (
    <FormGroup label={label} fieldId={id}>
      {hasLines ? <TextArea {...input} rows={2} /> : <TextInput {...input} />}
      <Objection text={objection} />
    </FormGroup>
  );
}

function Objection({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <FormHelperText>
      <HelperText>
        <HelperTextItem variant="error">{plain(text)}</HelperTextItem>
      </HelperText>
    </FormHelperText>
  );
}
