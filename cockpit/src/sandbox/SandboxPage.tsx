import { Breadcrumb, BreadcrumbItem, Button, Tab, TabContent, Tabs, TabTitleText, Title } from "@patternfly/react-core";
import { Suspense } from "react";
import { useAccess } from "../host/access.ts";
import { isRunning } from "../host/is-running.ts";
import { useFacts, useWorld } from "../host/store.ts";
import type { Facts } from "../host/types.ts";
import { LimitedAccess, LostSystemd } from "../list/Banners.tsx";
import { RowMenu } from "../list/RowMenu.tsx";
import { ErrorBoundary } from "../parts/ErrorBoundary.tsx";
import { later } from "../parts/later.ts";
import { Nothing, Waiting } from "../parts/Loading.tsx";
import { State } from "../parts/State.tsx";
import { _, fill } from "../text.ts";
import { useVerbs, VerbsProvider } from "../verbs/Verbs.tsx";
import { Files } from "./Files.tsx";
import { Logs } from "./Logs.tsx";
import { Overview } from "./Overview.tsx";
import { Processes } from "./Processes.tsx";
import { Security } from "./Security.tsx";
import { Settings } from "./Settings.tsx";
import { Snapshots } from "./Snapshots.tsx";
import { UpgradeView } from "./Upgrade.tsx";

// xterm is as large as the rest of the page.
const Terminal = later(() => import("./Terminal.tsx"));

/** What a tab is about, in the order in which they are shown. */
const tabs = {
  overview: { title: "Overview", view: Overview, isForAll: true },
  settings: { title: "Settings", view: Settings, isForAll: false },
  logs: { title: "Logs", view: Logs, isForAll: false },
  terminal: { title: "Terminal", view: Terminal, isForAll: false },
  processes: { title: "Processes", view: Processes, isForAll: false },
  files: { title: "Files", view: Files, isForAll: false },
  snapshots: { title: "Snapshots", view: Snapshots, isForAll: false },
  security: { title: "Security", view: Security, isForAll: false },
  upgrade: { title: "Upgrade", view: UpgradeView, isForAll: false },
} as const;
type TabName = keyof typeof tabs;
const tabNames = Object.keys(tabs) as readonly TabName[];

/** The page of one sandbox. */
export default function SandboxPage({ name, tab }: { readonly name: string; readonly tab: string }) {
  const facts = useFacts(name);
  const { sandboxes } = useWorld();
  return (
    <VerbsProvider>
      <section className="section">
        <LimitedAccess />
        <LostSystemd />
        <Breadcrumb>
          <BreadcrumbItem to="#/">{_("Sandboxes")}</BreadcrumbItem>
          <BreadcrumbItem isActive>{name}</BreadcrumbItem>
        </Breadcrumb>
        {facts === undefined && sandboxes === undefined && <Waiting />}
        {facts === undefined && sandboxes !== undefined && (
          <Nothing title={fill("There is no sandbox $0", name)}>
            {_("Somebody may have deleted or renamed it.")} <a href="#/">{_("All sandboxes")}</a>
          </Nothing>
        )}
        {facts !== undefined && <Known facts={facts} tab={tab} />}
      </section>
    </VerbsProvider>
  );
}

function Known({ facts, tab }: { readonly facts: Facts; readonly tab: string }) {
  const mayChange = useAccess();
  const open = tabNames.filter((each) => mayChange || tabs[each].isForAll);
  const chosen = open.find((each) => each === tab) ?? "overview";
  const { view: View } = tabs[chosen];
  return (
    <>
      <Heading facts={facts} mayChange={mayChange} />
      <Tabs
        activeKey={chosen}
        aria-label={fill("Views of $0", facts.name)}
        onSelect={(_event, key) => {
          cockpit.location.go(["sandbox", facts.name, String(key)]);
        }}
      >
        {open.map((each) => (
          <Tab
            key={each}
            eventKey={each}
            title={<TabTitleText>{_(tabs[each].title)}</TabTitleText>}
            tabContentId={`view-${each}`}
          />
        ))}
      </Tabs>
      <TabContent id={`view-${chosen}`} eventKey={chosen} aria-label={_(tabs[chosen].title)} className="view">
        <ErrorBoundary key={chosen}>
          <Suspense fallback={<Waiting />}>
            <View facts={facts} />
          </Suspense>
        </ErrorBoundary>
      </TabContent>
    </>
  );
}

function Heading({ facts, mayChange }: { readonly facts: Facts; readonly mayChange: boolean }) {
  const { begin } = useVerbs();
  const runs = isRunning(facts);
  return (
    <div className="bar heading">
      <div>
        <Title headingLevel="h1">{facts.name}</Title>
      </div>
      <div>
        <State facts={facts} />
      </div>
      {mayChange && (
        <div className="bar end">
          <Button
            variant={runs ? "secondary" : "primary"}
            onClick={() => {
              begin(runs ? "stop" : "start", [facts]);
            }}
          >
            {runs ? _("Stop") : _("Start")}
          </Button>
          <RowMenu facts={facts} />
        </div>
      )}
    </div>
  );
}
