import { Button, Content, FormGroup, TextInput } from "@patternfly/react-core";
import { Body, Cell, Head, Line, Table } from "../parts/Table.tsx";
import { useState } from "react";
import { ask } from "../host/command.ts";
import { isRunning } from "../host/is-running.ts";
import type { Facts, Snapshot } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { Answered, Nothing } from "../parts/Loading.tsx";
import { _, ago, bytes, fill, when } from "../text.ts";

type Asked = { readonly what: "take" } | { readonly what: "roll back" | "delete"; readonly snapshot: string };

/** Copies of the files of a sandbox, to go back to. */
export function Snapshots({ facts: { name, state, snapshotTimer } }: { readonly facts: Facts }) {
  const answer = useCommand<readonly Snapshot[]>(["snapshots", name]);
  const [asked, setAsked] = useState<Asked>();
  return (
    <Answered answer={answer} title={_("The snapshots cannot be listed")}>
      {(snapshots) => (
        <>
          <div className="bar">
            <Button
              variant="primary"
              onClick={() => {
                setAsked({ what: "take" });
              }}
            >
              {_("Take a snapshot")}
            </Button>
            {snapshotTimer !== null && (
              <span className="aside">
                {snapshotTimer.next === null
                  ? _("No snapshots are due")
                  : fill("The next one is due $0", when(snapshotTimer.next))}
              </span>
            )}
          </div>
          {snapshots.length === 0 ? (
            <Nothing title={_("No snapshots")} />
          ) : (
            <List snapshots={snapshots} ask={setAsked} />
          )}
          {asked !== undefined && (
            <SnapshotDialog
              name={name}
              runs={isRunning({ state })}
              asked={asked}
              onClose={() => {
                setAsked(undefined);
                void answer.again();
              }}
            />
          )}
        </>
      )}
    </Answered>
  );
}

function List({
  snapshots,
  ask: open,
}: {
  readonly snapshots: readonly Snapshot[];
  readonly ask: (asked: Asked) => void;
}) {
  return (
    <Table label={_("Snapshots")}>
      <Head
        columns={[
          { title: _("Name") },
          { title: _("Taken") },
          { title: _("Size") },
          { title: _("Actions"), isSilent: true },
        ]}
      />
      <Body>
        {snapshots.toReversed().map(({ snapshot, made, automatic, bytes: size, ownBytes }) => (
          <Line key={snapshot}>
            <Cell label={_("Name")}>
              {snapshot}
              {automatic && <div className="aside">{_("Taken on schedule")}</div>}
            </Cell>
            <Cell label={_("Taken")}>
              {when(made)} ({ago(made)})
            </Cell>
            <Cell label={_("Size")}>
              {size === null ? "—" : bytes(size)}
              {ownBytes !== null && ownBytes !== size && (
                <div className="aside">{fill("$0 of it alone", bytes(ownBytes))}</div>
              )}
            </Cell>
            <Cell isAction>
              <Button
                variant="secondary"
                size="sm"
                aria-label={fill("Roll back to $0", snapshot)}
                onClick={() => {
                  open({ what: "roll back", snapshot });
                }}
              >
                {_("Roll back…")}
              </Button>{" "}
              <Button
                variant="link"
                isDanger
                size="sm"
                aria-label={fill("Delete $0", snapshot)}
                onClick={() => {
                  open({ what: "delete", snapshot });
                }}
              >
                {_("Delete…")}
              </Button>
            </Cell>
          </Line>
        ))}
      </Body>
    </Table>
  );
}

function SnapshotDialog({
  name,
  runs,
  asked,
  onClose,
}: {
  readonly name: string;
  readonly runs: boolean;
  readonly asked: Asked;
  readonly onClose: () => void;
}) {
  const [label, setLabel] = useState("");
  switch (asked.what) {
    case "take":
      return (
        <Dialog
          title={_("Take a snapshot")}
          action={_("Take")}
          onClose={onClose}
          work={() => ask(["snapshot", name, ...(label === "" ? [] : [label]), ...(runs ? ["--running"] : [])])}
        >
          {runs && <Content component="p">{_("It runs, so the snapshot is as after a power cut.")}</Content>}
          <FormGroup label={_("Name (the time, if empty)")} fieldId="label">
            <TextInput
              id="label"
              value={label}
              onChange={(_event, text) => {
                setLabel(text);
              }}
            />
          </FormGroup>
        </Dialog>
      );
    case "roll back":
      return (
        <Dialog
          title={fill("Roll $0 back to $1?", name, asked.snapshot)}
          action={_("Roll back")}
          variant="danger"
          isReady={!runs}
          onClose={onClose}
          work={() => ask(["rollback", name, asked.snapshot])}
        >
          <Content component="p">
            {runs ? _("Stop it first.") : _("All its files become what they were. Later changes are lost.")}
          </Content>
        </Dialog>
      );
    case "delete":
      return (
        <Dialog
          title={fill("Delete the snapshot $0?", asked.snapshot)}
          action={_("Delete")}
          variant="danger"
          onClose={onClose}
          work={() => ask(["delete-snapshot", name, asked.snapshot])}
        >
          <Content component="p">{_("The sandbox itself does not change.")}</Content>
        </Dialog>
      );
  }
}
