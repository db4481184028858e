import { ExpandableSection } from "@patternfly/react-core";
import { Body, Cell, Head, Line, Table } from "../parts/Table.tsx";
import type { Plan } from "../host/types.ts";
import { _, count, plain } from "../text.ts";

const most = 500;

/** What would be in the new sandbox, and why. */
export function Preview({ plan }: { readonly plan: Plan }) {
  return (
    <>
      <p>
        {count("$0 file and folder", "$0 files and folders", plan.entries.length)},{" "}
        {count("from $0 package", "from $0 packages", plan.packages.length)}
      </p>
      <ExpandableSection toggleText={plan.conf} isIndented>
        <pre className="code">{plan.text}</pre>
      </ExpandableSection>
      <div className="preview" tabIndex={0} role="region" aria-label={_("What would be in it")}>
        <Table label={_("What would be in it")}>
          <Head columns={[{ title: _("Path") }, { title: _("Why it is there") }]} />
          <Body>
            {plan.entries.slice(0, most).map(({ path, reason }) => (
              <Line key={path}>
                <Cell label={_("Path")} className="verbatim">
                  {plain(path, 200)}
                </Cell>
                <Cell label={_("Why it is there")}>{plain(reason, 300)}</Cell>
              </Line>
            ))}
          </Body>
        </Table>
      </div>
      {plan.entries.length > most && (
        <p className="aside">{count("$0 more is not shown", "$0 more are not shown", plan.entries.length - most)}</p>
      )}
    </>
  );
}
