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
  const mayLook = useAccess();
  const { progress } = useWorld();
  const doing = progress.get(facts.name);
  return (
    <>
      {doing !== undefined && <Alert component="p" isInline isLiveRegion variant="info" title={plain(doing, 200)} />}
      {mayLook && facts.state === "failed" && <LastWords name={facts.name} state={facts.state} />}
      {mayLook && <Advice facts={facts} />}
      <div className="cards">
        <Card isFullHeight>
          <CardTitle component="h2">{_("About")}</CardTitle>
          <CardBody>
            <About facts={facts} />
          </CardBody>
        </Card>
        {mayLook && (
          <Card isFullHeight>
            <CardTitle component="h2">{_("Usage")}</CardTitle>
            <CardBody>
              <Usage name={facts.name} />
            </CardBody>
          </Card>
        )}
        {mayLook && <Details facts={facts} />}
      </div>
    </>
  );
}

/** Why it failed, and what the conf is warned of. Asked anew when its state has changed. */
function Advice({ facts }: { readonly facts: Facts }) {
  const { result } = useCommand<Shown>(["show", facts.name], undefined, facts.state);
  if (result === undefined) return null;
  return (
    <>
      {facts.error !== null && (
        <Problems
          title={_("The conf cannot be used")}
          problems={[{ message: facts.error, hint: null, path: null, line: null, key: null }]}
        />
      )}
      {result.advice !== null && (
        <Alert component="p" isInline variant="warning" title={_("What may help")}>
          <span className="verbatim">{plain(result.advice)}</span>
        </Alert>
      )}
      {result.warnings.map((warning) => (
        <Alert component="p" key={warning} isInline variant="warning" title={plain(warning, 500)} />
      ))}
    </>
  );
}

function About({ facts }: { readonly facts: Facts }) {
  return (
    <DescriptionList isHorizontal isCompact>
      <Item term={_("Runs")}>
        <span className="verbatim">{plain(facts.runs, 500)}</span>
      </Item>
      <Item term={_("Since")}>{facts.since === null ? "—" : `${when(facts.since)} (${ago(facts.since)})`}</Item>
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
  );
}

function Details({ facts }: { readonly facts: Facts }) {
  const { result, problems } = useCommand<Shown>(["show", facts.name], undefined, facts.state);
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{_("On the host")}</CardTitle>
      <CardBody>
        <Problems title={_("That cannot be shown")} problems={problems} />
        {result !== undefined && (
          <DescriptionList isHorizontal isCompact>
            <Item term={_("Unit")}>{result.unit}</Item>
            <Item term={_("Conf")}>{result.conf ?? "—"}</Item>
            <Item term={_("Files")}>{result.image ?? result.root ?? "—"}</Item>
            <Item term={_("Ids on the host")}>{result.hostIds ?? "—"}</Item>
            <Item term={_("Confined by")}>{result.level ?? result.profile ?? "—"}</Item>
            <Item term={_("Machine id")}>{result.machineId ?? "—"}</Item>
            {result.cleared.length > 0 && (
              <Item term={_("Turned off inside")}>
                <span className="verbatim">{plain(result.cleared.join("\n"))}</span>
              </Item>
            )}
          </DescriptionList>
        )}
      </CardBody>
    </Card>
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
