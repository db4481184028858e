import {
  Content,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Title,
} from "@patternfly/react-core";
import { Body, type Column, Head, Table } from "../parts/Table.tsx";
import { Suspense, useCallback, useMemo, useState } from "react";
import { useAccess } from "../host/access.ts";
import { useWorld } from "../host/store.ts";
import { later } from "../parts/later.ts";
import { Waiting } from "../parts/Loading.tsx";
import { Problems } from "../parts/Problems.tsx";
import { _ } from "../text.ts";
import { VerbsProvider } from "../verbs/Verbs.tsx";
import { CreateButton } from "./CreateButton.tsx";
import { LimitedAccess, LostSystemd } from "./Banners.tsx";
import { type Column as SortColumn, select, type Wish } from "./filter.ts";
import { Row } from "./Row.tsx";
import { Toolbar } from "./Toolbar.tsx";

// Seldom needed.
const Doctor = later(() => import("./Doctor.tsx"));

/** All sandboxes of the host. */
export function List() {
  const { sandboxes, problems } = useWorld();
  const mayChange = useAccess();
  return (
    <VerbsProvider>
      <section className="section">
        <LimitedAccess />
        <LostSystemd />
        <Title headingLevel="h1" className="page-title">
          {_("Sandboxes")}
        </Title>
        <Problems title={_("The sandboxes cannot be listed")} problems={problems} />
        {sandboxes === undefined && problems.length === 0 && <Waiting />}
        {sandboxes?.length === 0 && <NoSandboxes mayChange={mayChange} />}
        {sandboxes !== undefined && sandboxes.length > 0 && <Sandboxes mayChange={mayChange} />}
      </section>
    </VerbsProvider>
  );
}

function NoSandboxes({ mayChange }: { readonly mayChange: boolean }) {
  return (
    <EmptyState titleText={_("No sandboxes yet")} headingLevel="h2">
      <EmptyStateBody>
        {_("A sandbox runs a service of this host in a container, with files of its own.")}
        {mayChange && (
          <Suspense fallback={<Waiting />}>
            <Doctor />
          </Suspense>
        )}
      </EmptyStateBody>
      {mayChange && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <CreateButton />
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}

function Sandboxes({ mayChange }: { readonly mayChange: boolean }) {
  const { sandboxes = [] } = useWorld();
  const [wish, setWish] = useState<Wish>({ text: "", which: "all", column: "name", descending: false });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => select(sandboxes, wish), [sandboxes, wish]);
  const choose = useCallback((name: string, isChosen: boolean) => {
    setChosen((before) => {
      const after = new Set(before);
      if (isChosen) after.add(name);
      else after.delete(name);
      return after;
    });
  }, []);
  const columnOf = (title: string, column: SortColumn): Column => ({
    title,
    order: {
      now: wish.column !== column ? "none" : wish.descending ? "descending" : "ascending",
      sort: () => {
        setWish({ ...wish, column, descending: wish.column === column && !wish.descending });
      },
    },
  });
  const columns: readonly Column[] = [
    ...(mayChange ? [{ title: _("Choose"), isSilent: true }] : []),
    columnOf(_("Name"), "name"),
    columnOf(_("State"), "state"),
    { title: _("At boot") },
    { title: _("Processor"), isNumber: true },
    { title: _("Memory"), isNumber: true },
    { title: _("Ports") },
    { title: _("Addresses") },
    { title: _("Notes") },
    { title: _("Actions"), isSilent: true },
  ];
  return (
    <>
      <Toolbar
        wish={wish}
        setWish={setWish}
        shown={shown}
        chosen={shown.filter(({ name }) => chosen.has(name))}
        setChosen={setChosen}
        mayChange={mayChange}
      />
      <Table label={_("Sandboxes")}>
        <Head columns={columns} />
        <Body>
          {shown.map((facts) => (
            <Row
              key={facts.name}
              facts={facts}
              isChosen={chosen.has(facts.name)}
              choose={choose}
              mayChange={mayChange}
            />
          ))}
        </Body>
      </Table>
      {shown.length === 0 && <Content component="p">{_("No sandbox is like that.")}</Content>}
    </>
  );
}
