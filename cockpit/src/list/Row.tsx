import { Checkbox } from "@patternfly/react-core";
import { Cell, Line } from "../parts/Table.tsx";
import { memo } from "react";
import { useStats } from "../host/store.ts";
import type { Facts } from "../host/types.ts";
import { Ports } from "../parts/Ports.tsx";
import { State } from "../parts/State.tsx";
import { _, ago, bytes, fill, percent, plain, when } from "../text.ts";
import { Notes } from "./Notes.tsx";
import { describeEnabled } from "./enabled.ts";
import { RowMenu } from "./RowMenu.tsx";

/** A sandbox in the list. It is drawn again only if something about it has changed. */
export const Row = memo(function Row({
  facts,
  isChosen,
  choose,
  mayChange,
}: {
  readonly facts: Facts;
  readonly isChosen: boolean;
  readonly choose: (name: string, isChosen: boolean) => void;
  readonly mayChange: boolean;
}) {
  const { name } = facts;
  return (
    <Line>
      {mayChange && (
        <Cell label={_("Choose")}>
          <Checkbox
            id={`choose-${name}`}
            aria-label={fill("Choose $0", name)}
            isChecked={isChosen}
            onChange={(_event, checked) => {
              choose(name, checked);
            }}
          />
        </Cell>
      )}
      <Cell label={_("Name")}>
        <a href={`#/sandbox/${name}`}>{name}</a>
        <div className="aside verbatim">{plain(facts.runs, 120)}</div>
      </Cell>
      <Cell label={_("State")}>
        <State facts={facts} />
        {facts.since !== null && <div className="aside">{ago(facts.since)}</div>}
        {typeof facts.timer?.next === "number" && (
          <div className="aside">{fill("Next $0", when(facts.timer.next))}</div>
        )}
      </Cell>
      <Cell label={_("At boot")}>{describeEnabled(facts)}</Cell>
      <Numbers name={name} />
      <Cell label={_("Ports")}>
        <Ports ports={facts.published} />
      </Cell>
      <Cell label={_("Addresses")}>{facts.addresses.length > 0 ? facts.addresses.join(" ") : "—"}</Cell>
      <Cell label={_("Notes")}>
        <Notes facts={facts} />
      </Cell>
      <Cell isAction>{mayChange && <RowMenu facts={facts} />}</Cell>
    </Line>
  );
});

function Numbers({ name }: { readonly name: string }) {
  const stats = useStats(name);
  return (
    <>
      <Cell label={_("Processor")} isNumber>
        {percent(stats?.cpuPercent)}
      </Cell>
      <Cell label={_("Memory")} isNumber>
        {bytes(stats?.memoryBytes)}
      </Cell>
    </>
  );
}
