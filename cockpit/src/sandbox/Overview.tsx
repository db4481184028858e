import {
  Alert,
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from "@patternfly/react-core";
import type { ReactNode } from "react";
import { problem } from "../host/command.ts";
import { useAccess } from "../host/access.ts";
import { useWorld } from "../host/store.ts";
import type { Facts, Shown } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { describeEnabled } from "../list/enabled.ts";
import { Notes } from "../list/Notes.tsx";
import { Ports } from "../parts/Ports.tsx";
import { Problems } from "../parts/Problems.tsx";
import { _, ago, count, plain, when } from "../text.ts";
import { LastWords } from "./LastWords.tsx";
import { Usage } from "./Usage.tsx";

/** What a sandbox is and does, at a glance. */
export function Overview({ facts }: { readonly facts: Facts }) {
  return useAccess() ? <Whole facts={facts} /> : <About facts={facts} />;
}

function Whole({ facts }: { readonly facts: Facts }) {
  const doing = useWorld().progress.get(facts.name);
  // Its state changes what `show` has to say.
  const { result, problems } = useCommand<Shown>(["show", facts.name], undefined, facts.state);
  return (
    <>
      {doing !== undefined && <Alert component="p" isInline isLiveRegion variant="info" title={plain(doing, 200)} />}
      {facts.state === "failed" && <LastWords name={facts.name} state={facts.state} />}
      {facts.error !== null && <Problems title={_("The conf cannot be used")} problems={[problem(facts.error)]} />}
      {result !== undefined && <Advice shown={result} />}
      <div className="cards">
        <About facts={facts} />
        <Titled title={_("Usage")}>
          <Usage name={facts.name} />
        </Titled>
        <Titled title={_("On the host")}>
          <Problems title={_("That cannot be shown")} problems={problems} />
          {result !== undefined && <Details shown={result} />}
        </Titled>
      </div>
    </>
  );
}

function Titled({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>{children}</CardBody>
    </Card>
  );
}

/** Why it failed, and what the conf is warned of. */
function Advice({ shown: { advice, warnings } }: { readonly shown: Shown }) {
  return (
    <>
      {advice !== null && (
        <Alert component="p" isInline variant="warning" title={_("What may help")}>
          <span className="verbatim">{plain(advice)}</span>
        </Alert>
      )}
      {warnings.map((warning) => (
        <Alert component="p" key={warning} isInline variant="warning" title={plain(warning, 500)} />
      ))}
    </>
  );
}

function About({ facts }: { readonly facts: Facts }) {
  return (
    <Titled title={_("About")}>
      <DescriptionList isHorizontal isCompact>
        <Item term={_("Runs")}>
          <span className="verbatim">{plain(facts.runs, 500)}</span>
        </Item>
        <Item term={_("Since")}>{facts.since === null ? "—" : `${when(facts.since)} (${ago(facts.since)})`}</Item>
        {facts.timer !== null && <Times timer={facts.timer} />}
        <Item term={_("Starts at boot")}>{describeEnabled(facts)}</Item>
        <Item term={_("Ports")}>
          <Ports ports={facts.published} />
        </Item>
        <Item term={_("Network")}>{facts.network ?? "—"}</Item>
        <Item term={_("Addresses")}>{facts.addresses.join(" ") || "—"}</Item>
        <Item term={_("Restarts")}>{count("$0 by systemd", "$0 by systemd", facts.restarts)}</Item>
        <Item term={_("Notes")}>
          <Notes facts={facts} />
        </Item>
      </DescriptionList>
    </Titled>
  );
}

/** When a job started, and when it starts again. */
function Times({ timer: { last, next } }: { readonly timer: NonNullable<Facts["timer"]> }) {
  return (
    <>
      <Item term={_("Last start")}>{last === null ? "—" : `${when(last)} (${ago(last)})`}</Item>
      <Item term={_("Next start")}>{next === null ? "—" : when(next)}</Item>
    </>
  );
}

function Details({ shown }: { readonly shown: Shown }) {
  return (
    <DescriptionList isHorizontal isCompact>
      <Item term={_("Unit")}>{shown.unit}</Item>
      <Item term={_("Conf")}>{shown.conf ?? "—"}</Item>
      <Item term={_("Files")}>{shown.image ?? shown.root ?? "—"}</Item>
      <Item term={_("Ids on the host")}>{shown.hostIds ?? "—"}</Item>
      <Item term={_("Confined by")}>{shown.level ?? shown.profile ?? "—"}</Item>
      <Item term={_("Machine id")}>{shown.machineId ?? "—"}</Item>
      {shown.cleared.length > 0 && (
        <Item term={_("Turned off inside")}>
          <span className="verbatim">{plain(shown.cleared.join("\n"))}</span>
        </Item>
      )}
    </DescriptionList>
  );
}

function Item({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
