import { Alert, Button, Checkbox, ExpandableSection, Label, Stack, StackItem } from "@patternfly/react-core";
import { Body, Cell, Head, Line, Table } from "../parts/Table.tsx";
import { useState } from "react";
import { attempt, doEach, problem } from "../host/command.ts";
import { isRunning } from "../host/is-running.ts";
import { refresh } from "../host/store.ts";
import type { Difference, Facts, Upgrade } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Answered, Nothing } from "../parts/Loading.tsx";
import { Problems } from "../parts/Problems.tsx";
import { useAction } from "../parts/use-action.ts";
import { _, count, plain } from "../text.ts";
import { TextDifference } from "./TextDifference.tsx";

/** What following the host's packages would change in a sandbox. */
export function UpgradeView({ facts }: { readonly facts: Facts }) {
  const answer = useCommand<readonly Upgrade[]>(["upgrade", facts.name, "--dry-run"], attempt);
  return (
    <Answered answer={answer} title={_("It cannot be said what would change")}>
      {([upgrade]) =>
        upgrade === undefined ? null : <Planned facts={facts} upgrade={upgrade} onDone={answer.again} />
      }
    </Answered>
  );
}

function Planned({
  facts,
  upgrade,
  onDone,
}: {
  readonly facts: Facts;
  readonly upgrade: Upgrade;
  readonly onDone: () => Promise<void>;
}) {
  const runs = isRunning(facts);
  const [restarts, setRestarts] = useState(false);
  const { run, busy, problems } = useAction(async () => {
    await doEach(["upgrade", facts.name, ...(restarts ? ["--restart"] : [])]);
    await refresh();
    await onDone();
  });
  if (upgrade.error !== null)
    return <Problems title={_("It cannot be upgraded")} problems={[problem(upgrade.error)]} />;
  if (upgrade.packages.length === 0 && upgrade.changes.length === 0)
    return <Nothing title={_("Nothing would change")} />;
  return (
    <Stack hasGutter>
      <Problems title={_("It was not upgraded")} problems={problems} />
      {runs && (
        <StackItem>
          <Checkbox
            id="restart"
            label={_("It runs: stop it, and start it again afterwards")}
            isChecked={restarts}
            onChange={(_event, checked) => {
              setRestarts(checked);
            }}
          />
        </StackItem>
      )}
      <StackItem>
        <Button variant="primary" isLoading={busy} isDisabled={busy || (runs && !restarts)} onClick={() => void run()}>
          {_("Upgrade")}
        </Button>
      </StackItem>
      <StackItem>
        <Packages upgrade={upgrade} />
      </StackItem>
      <StackItem>
        <Changes name={facts.name} upgrade={upgrade} />
      </StackItem>
    </Stack>
  );
}

function Packages({ upgrade: { packages } }: { readonly upgrade: Upgrade }) {
  if (packages.length === 0) return null;
  return (
    <Table label={_("Packages")}>
      <Head columns={[{ title: _("Package") }, { title: _("Version before") }, { title: _("Version now") }]} />
      <Body>
        {packages.map(({ name, from, to }) => (
          <Line key={name}>
            <Cell label={_("Package")}>{name}</Cell>
            <Cell label={_("Version before")}>{from ?? "—"}</Cell>
            <Cell label={_("Version now")}>{to ?? "—"}</Cell>
          </Line>
        ))}
      </Body>
    </Table>
  );
}

function Changes({ name, upgrade: { changes } }: { readonly name: string; readonly upgrade: Upgrade }) {
  const conflicts = changes.filter(({ change }) => change === "conflict");
  return (
    <>
      {conflicts.length > 0 && (
        <Alert
          component="p"
          isInline
          variant="warning"
          title={count("$0 file was changed on both sides", "$0 files were changed on both sides", conflicts.length)}
        >
          {_("The sandbox keeps its own version.")}
        </Alert>
      )}
      {conflicts.map(({ path }) => (
        <Conflict key={path} name={name} path={path} />
      ))}
      <Table label={_("Changes")}>
        <Head columns={[{ title: _("Path") }, { title: _("Change") }]} />
        <Body>
          {changes.slice(0, 1000).map(({ path, change, note }) => (
            <Line key={path}>
              <Cell label={_("Path")} className="verbatim">
                {plain(path, 300)}
              </Cell>
              <Cell label={_("Change")}>
                <Label isCompact>{change}</Label> <span className="aside">{note === null ? "" : plain(note, 300)}</span>
              </Cell>
            </Line>
          ))}
        </Body>
      </Table>
    </>
  );
}

function Conflict({ name, path }: { readonly name: string; readonly path: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <ExpandableSection
      toggleText={plain(path, 300)}
      isExpanded={isOpen}
      onToggle={(_event, opens) => {
        setOpen(opens);
      }}
    >
      {isOpen && <Sides name={name} path={path} />}
    </ExpandableSection>
  );
}

function Sides({ name, path }: { readonly name: string; readonly path: string }) {
  const answer = useCommand<readonly Difference[]>(["diff", name, path, "--text"]);
  return (
    <Answered answer={answer} title={_("The difference cannot be read")}>
      {(differences) => {
        const text = differences.find((each) => each.path === path)?.text ?? null;
        return text === null ? (
          <Nothing title={_("No text")} />
        ) : (
          <TextDifference text={text} left={_("What was put there")} right={_("The sandbox's version")} />
        );
      }}
    </Answered>
  );
}
