import { Breadcrumb, BreadcrumbItem, Button, Label, Tab, TabContent, Tabs, TabTitleText } from "@patternfly/react-core";
import { Body, Cell, Head, Line, Table } from "../parts/Table.tsx";
import { useState } from "react";
import type { Difference, Facts, FileEntry } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Answered, Nothing } from "../parts/Loading.tsx";
import { _, bytes, count, plain } from "../text.ts";
import { FileDialog } from "./FileDialog.tsx";

/** More rows are of no use to a reader. A sandbox can have a million files. */
const most = 1000;

/** The files of a sandbox: all of them with the reason, or those that differ. */
export function Files({ facts: { name } }: { readonly facts: Facts }) {
  const [view, setView] = useState<string | number>("all");
  const [opened, setOpened] = useState<string>();
  const [turn, setTurn] = useState(0);
  return (
    <>
      <Tabs
        isSubtab
        activeKey={view}
        aria-label={_("Which files")}
        onSelect={(_event, key) => {
          setView(key);
        }}
      >
        <Tab eventKey="all" tabContentId="files-all" title={<TabTitleText>{_("All files")}</TabTitleText>} />
        <Tab
          eventKey="differing"
          tabContentId="files-differing"
          title={<TabTitleText>{_("What differs")}</TabTitleText>}
        />
      </Tabs>
      <TabContent id={`files-${view}`} eventKey={view} className="view">
        {view === "all" ? (
          <Browser key={turn} name={name} open={setOpened} />
        ) : (
          <Differences key={turn} name={name} open={setOpened} />
        )}
      </TabContent>
      {opened !== undefined && (
        <FileDialog
          name={name}
          path={opened}
          onClose={(isChanged) => {
            setOpened(undefined);
            if (isChanged) setTurn(turn + 1);
          }}
        />
      )}
    </>
  );
}

function Browser({ name, open }: { readonly name: string; readonly open: (path: string) => void }) {
  const [folder, setFolder] = useState("/");
  const answer = useCommand<readonly FileEntry[]>(["files", name, folder]);
  return (
    <>
      <Trail folder={folder} go={setFolder} />
      <Answered answer={answer} title={_("The folder cannot be read")}>
        {(entries) =>
          entries.length === 0 ? (
            <Nothing title={_("An empty folder")} />
          ) : (
            <Table label={_("Files")}>
              <Head
                columns={[
                  { title: _("Name") },
                  { title: _("Size"), isNumber: true },
                  { title: _("Mode") },
                  { title: _("Why it is there") },
                  { title: _("Now") },
                ]}
              />
              <Body>
                {entries.slice(0, most).map((entry) => (
                  <Line key={entry.path}>
                    <Cell label={_("Name")}>
                      <Button
                        variant="link"
                        isInline
                        onClick={() => {
                          if (entry.kind === "directory" && entry.state !== "missing") setFolder(entry.path);
                          else open(entry.path);
                        }}
                      >
                        {plain(nameOf(entry), 200)}
                      </Button>
                    </Cell>
                    <Cell label={_("Size")} isNumber>
                      {entry.kind === "file" ? bytes(entry.bytes) : ""}
                    </Cell>
                    <Cell label={_("Mode")}>
                      {entry.mode} {entry.owner}:{entry.group}
                    </Cell>
                    <Cell label={_("Why it is there")}>{entry.reason === null ? "" : plain(entry.reason, 300)}</Cell>
                    <Cell label={_("Now")}>
                      <StateLabel state={entry.state} />
                    </Cell>
                  </Line>
                ))}
              </Body>
            </Table>
          )
        }
      </Answered>
      <LeftOut number={answer.result?.length ?? 0} />
    </>
  );
}

const nameOf = ({ path, kind }: FileEntry): string =>
  `${path.slice(path.lastIndexOf("/") + 1)}${kind === "directory" ? "/" : ""}`;

function Trail({ folder, go }: { readonly folder: string; readonly go: (folder: string) => void }) {
  const parts = folder.split("/").filter(Boolean);
  return (
    <Breadcrumb className="trail" aria-label={_("Folder")}>
      {["/", ...parts].map((part, index) => (
        <BreadcrumbItem key={index} isActive={index === parts.length}>
          <Button
            variant="link"
            isInline
            isDisabled={index === parts.length}
            onClick={() => {
              go(`/${parts.slice(0, index).join("/")}`);
            }}
          >
            {plain(part, 100)}
          </Button>
        </BreadcrumbItem>
      ))}
    </Breadcrumb>
  );
}

function StateLabel({ state }: { readonly state: string | null }) {
  if (state === "same" || state === null) return null;
  const words: Readonly<Record<string, string>> = {
    changed: _("Changed"),
    missing: _("Removed"),
    added: _("Added"),
    more: _("More inside"),
  };
  return (
    <Label isCompact status={state === "missing" ? "warning" : "info"}>
      {words[state] ?? state}
    </Label>
  );
}

// What appears in every sandbox comes last.
const byRoutine = (one: Difference, other: Difference): number => Number(one.routine) - Number(other.routine);

function Differences({ name, open }: { readonly name: string; readonly open: (path: string) => void }) {
  const answer = useCommand<readonly Difference[]>(["diff", name]);
  return (
    <Answered answer={answer} title={_("The files cannot be compared")}>
      {(differences) =>
        differences.length === 0 ? (
          <Nothing title={_("Every file is as it was put there, and as the host has it")} />
        ) : (
          <Table label={_("What differs")}>
            <Head columns={[{ title: _("Path") }, { title: _("In the sandbox") }, { title: _("On the host") }]} />
            <Body>
              {[...differences]
                .sort(byRoutine)
                .slice(0, most)
                .map(({ path, inside, host }) => (
                  <Line key={path}>
                    <Cell label={_("Path")}>
                      <Button
                        variant="link"
                        isInline
                        onClick={() => {
                          open(path);
                        }}
                      >
                        {plain(path, 300)}
                      </Button>
                    </Cell>
                    <Cell label={_("In the sandbox")}>
                      <StateLabel state={inside.state} /> <span className="aside">{inside.aspects.join(", ")}</span>
                    </Cell>
                    <Cell label={_("On the host")}>
                      {host !== null && <StateLabel state={host.state} />}{" "}
                      <span className="aside">{host?.aspects.join(", ")}</span>
                    </Cell>
                  </Line>
                ))}
            </Body>
          </Table>
        )
      }
    </Answered>
  );
}

/** Says how many rows were left out. */
function LeftOut({ number }: { readonly number: number }) {
  if (number <= most) return null;
  return <p className="aside">{count("$0 more is not shown", "$0 more are not shown", number - most)}</p>;
}
