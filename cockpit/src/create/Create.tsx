import { ActionGroup, Alert, Breadcrumb, BreadcrumbItem, Button, Form, Title } from "@patternfly/react-core";
import { useState } from "react";
import { ask, doEach } from "../host/command.ts";
import { refresh, useWorld } from "../host/store.ts";
import type { Plan } from "../host/types.ts";
import { objectTo } from "../parts/NameField.tsx";
import { Problems } from "../parts/Problems.tsx";
import { useAction } from "../parts/use-action.ts";
import { _, fill, plain } from "../text.ts";
import { Fields } from "./Fields.tsx";
import { Preview } from "./Preview.tsx";
import { emptyWish, isComplete, toArguments, type CreateWish } from "./to-arguments.ts";

/** A form for a new sandbox. */
export default function Create() {
  const { sandboxes = [], progress } = useWorld();
  const taken = sandboxes.map(({ name }) => name);
  const [wish, setWish] = useState<CreateWish>(emptyWish);
  const [plan, setPlan] = useState<Plan>();
  const [made, setMade] = useState<string>();
  const change = (part: Partial<CreateWish>): void => {
    setWish({ ...wish, ...part });
    setPlan(undefined);
  };
  const look = useAction(async () => {
    setPlan(await ask<Plan>(toArguments(wish, "look")));
  });
  const make = useAction(async () => {
    await ask(toArguments(wish, "make"));
    setMade(wish.name);
    await refresh();
    if (wish.starts) await doEach(["start", wish.name]).finally(refresh);
    cockpit.location.go(["sandbox", wish.name]);
  });
  const isReady = objectTo(wish.name, taken) === undefined && isComplete(wish);
  const busy = make.busy || look.busy;
  const doing = progress.get(wish.name);
  return (
    <section className="section">
      <Breadcrumb>
        <BreadcrumbItem to="#/">{_("Sandboxes")}</BreadcrumbItem>
        <BreadcrumbItem isActive>{_("Create a sandbox")}</BreadcrumbItem>
      </Breadcrumb>
      <Title headingLevel="h1" className="page-title">
        {_("Create a sandbox")}
      </Title>
      <Form
        isWidthLimited
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !busy) void make.run();
        }}
      >
        <Fields wish={wish} change={change} taken={taken} problems={[...make.problems, ...look.problems]} />
        {plan !== undefined && <Preview plan={plan} />}
        <Problems
          title={
            made === undefined ? _("The sandbox was not created") : _("The sandbox was created, but did not start")
          }
          problems={make.problems}
        />
        {made !== undefined && make.problems.length > 0 && <a href={`#/sandbox/${made}`}>{fill("Look at $0", made)}</a>}
        <Problems title={_("The sandbox could not be created")} problems={look.problems} />
        {make.busy && (
          <Alert component="p" isInline isLiveRegion variant="info" title={_("Creating")}>
            {doing === undefined ? _("The files are computed from the packages.") : plain(doing, 200)}
          </Alert>
        )}
        <ActionGroup>
          <Button type="submit" variant="primary" isLoading={make.busy} isDisabled={!isReady || busy}>
            {_("Create")}
          </Button>
          <Button
            variant="secondary"
            isLoading={look.busy}
            isDisabled={!isReady || busy}
            onClick={() => void look.run()}
          >
            {_("Show what would be in it")}
          </Button>
          <Button
            variant="link"
            onClick={() => {
              cockpit.location.go([]);
            }}
          >
            {_("Cancel")}
          </Button>
        </ActionGroup>
      </Form>
    </section>
  );
}
