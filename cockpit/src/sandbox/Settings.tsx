import {
  Button,
  FormSelect,
  FormSelectOption,
  Label,
  Tab,
  TabContent,
  Tabs,
  TabTitleText,
  TextInput,
} from "@patternfly/react-core";
import { Body, Cell, Head, Line, Table } from "../parts/Table.tsx";
import { useState } from "react";
import { isRunning } from "../host/is-running.ts";
import type { Facts, Setting, Shown } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Answered } from "../parts/Loading.tsx";
import { _, fill, plain } from "../text.ts";
import { PlainEditor } from "./PlainEditor.tsx";
import { SettingDialog } from "./SettingDialog.tsx";

/** All settings of a sandbox: one by one, or the text of its conf. */
export function Settings({ facts }: { readonly facts: Facts }) {
  const [view, setView] = useState<string | number>("table");
  const shown = useCommand<Shown>(["show", facts.name], undefined, facts);
  return (
    <Answered answer={shown} title={_("The settings cannot be read")}>
      {(sandbox) => (
        <>
          <Tabs
            isSubtab
            activeKey={view}
            aria-label={_("Ways to change settings")}
            onSelect={(_event, key) => {
              setView(key);
            }}
          >
            <Tab
              eventKey="table"
              tabContentId="settings-table"
              title={<TabTitleText>{_("One by one")}</TabTitleText>}
            />
            <Tab eventKey="text" tabContentId="settings-text" title={<TabTitleText>{_("Text")}</TabTitleText>} />
          </Tabs>
          <TabContent id={`settings-${view}`} eventKey={view} className="view">
            {view === "table" ? (
              <SettingTable sandbox={sandbox} again={shown.again} />
            ) : (
              <PlainEditor name={sandbox.name} />
            )}
          </TabContent>
        </>
      )}
    </Answered>
  );
}

function SettingTable({ sandbox, again }: { readonly sandbox: Shown; readonly again: () => Promise<void> }) {
  const answer = useCommand<readonly Setting[]>(["settings", sandbox.name], undefined, sandbox.confDigest);
  const [text, setText] = useState("");
  const [edited, setEdited] = useState<Setting>();
  return (
    <Answered answer={answer} title={_("The settings cannot be read")}>
      {(settings) => (
        <>
          <div className="bar">
            <TextInput
              type="search"
              aria-label={_("Filter settings")}
              placeholder={_("Filter settings")}
              value={text}
              onChange={(_event, wanted) => {
                setText(wanted);
              }}
            />

            <AddSetting settings={settings} onChoose={setEdited} />
          </div>
          <Rows settings={settings.filter((each) => isShown(each, text))} edit={setEdited} />
          {edited !== undefined && (
            <SettingDialog
              name={sandbox.name}
              digest={sandbox.confDigest}
              setting={edited}
              runs={isRunning(sandbox)}
              onSaved={again}
              onClose={() => {
                setEdited(undefined);
              }}
            />
          )}
        </>
      )}
    </Answered>
  );
}

// systemd has too many settings to show those that nobody wrote.
const isOurs = ({ section }: Setting): boolean => ["Sandbox", "Network", "Security"].includes(section);

function isShown(setting: Setting, text: string): boolean {
  if (!isOurs(setting) && setting.values.length === 0) return false;
  const wanted = text.trim().toLowerCase();
  return `${setting.key} ${setting.help ?? ""}`.toLowerCase().includes(wanted);
}

function AddSetting({
  settings,
  onChoose,
}: {
  readonly settings: readonly Setting[];
  readonly onChoose: (setting: Setting) => void;
}) {
  const others = settings.filter((each) => !isShown(each, ""));
  return (
    <FormSelect
      aria-label={_("Add a limit")}
      value=""
      onChange={(_event, key) => {
        const chosen = others.find((each) => each.key === key);
        if (chosen !== undefined) onChoose(chosen);
      }}
    >
      <FormSelectOption value="" label={_("Add a limit…")} isPlaceholder />
      {others.map(({ key }) => (
        <FormSelectOption key={key} value={key} label={key} />
      ))}
    </FormSelect>
  );
}

function Rows({
  settings,
  edit,
}: {
  readonly settings: readonly Setting[];
  readonly edit: (setting: Setting) => void;
}) {
  return (
    <Table label={_("Settings")}>
      <Head
        columns={[
          { title: _("Setting") },
          { title: _("Value") },
          { title: _("From") },
          { title: _("Takes effect") },
          { title: _("Actions"), isSilent: true },
        ]}
      />
      <Body>
        {settings.map((setting) => (
          <Line key={`${setting.section}.${setting.key}`}>
            <Cell label={_("Setting")}>
              <b>{setting.key}</b> <span className="aside">[{setting.section}]</span>
              <div className="aside">{setting.help ?? setting.manual}</div>
            </Cell>
            <Cell label={_("Value")} className="verbatim">
              {describeValue(setting)}
            </Cell>
            <Cell label={_("From")} className="verbatim aside">
              {originsOf(setting)}
            </Cell>
            <Cell label={_("Takes effect")}>
              <Label isCompact>{setting.effect === "now" ? _("Now") : _("At a restart")}</Label>
            </Cell>
            <Cell isAction>
              {["Sandbox", "Network", "Security", "Resources", "Timer", "Snapshots"].includes(setting.section) && (
                <Button
                  variant="link"
                  size="sm"
                  aria-label={fill("Change $0", setting.key)}
                  onClick={() => {
                    edit(setting);
                  }}
                >
                  {_("Change")}
                </Button>
              )}
            </Cell>
          </Line>
        ))}
      </Body>
    </Table>
  );
}

function describeValue({ values, default: fallback }: Setting): string {
  if (values.length > 0) return plain(values.map(({ value }) => value).join("\n"));
  return fallback ?? "—";
}

function originsOf({ values }: Setting): string {
  const origins = [...new Set(values.map(({ origin }) => origin))];
  return origins.length === 0 || origins[0] === "default" ? _("default") : origins.join("\n");
}
