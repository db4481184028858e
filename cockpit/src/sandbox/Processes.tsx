import { Body, Cell, Head, Line, Table } from "../parts/Table.tsx";
import { Button } from "@patternfly/react-core";
import type { Facts, TreeProcess } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Answered, Nothing } from "../parts/Loading.tsx";
import { _, bytes, plain } from "../text.ts";
import { withDepth } from "./with-depth.ts";

/** The processes of a running sandbox, each below its parent. */
export function Processes({ facts }: { readonly facts: Facts }) {
  return facts.state === "active" ? <Tree name={facts.name} /> : <Nothing title={_("It does not run")} />;
}

function Tree({ name }: { readonly name: string }) {
  const answer = useCommand<readonly TreeProcess[]>(["tree", name]);
  return (
    <Answered answer={answer} title={_("The processes cannot be listed")}>
      {(processes) => (
        <>
          <Button variant="secondary" isLoading={answer.busy} onClick={() => void answer.again()}>
            {_("Look again")}
          </Button>
          <Table label={_("Processes")}>
            <Head
              columns={[
                { title: _("Command") },
                { title: _("Id inside"), isNumber: true },
                { title: _("Id on the host"), isNumber: true },
                { title: _("User"), isNumber: true },
                { title: _("Memory"), isNumber: true },
              ]}
            />
            <Body>
              {withDepth(processes).map(({ process, depth }) => (
                <Line key={process.pid}>
                  <Cell label={_("Command")}>
                    <span className={`verbatim depth-${Math.min(depth, 8)}`}>{plain(process.command, 300)}</span>
                  </Cell>
                  <Cell label={_("Id inside")} isNumber>
                    {process.insidePid}
                  </Cell>
                  <Cell label={_("Id on the host")} isNumber>
                    {process.pid}
                  </Cell>
                  <Cell label={_("User")} isNumber>
                    {process.user}
                  </Cell>
                  <Cell label={_("Memory")} isNumber>
                    {bytes(process.memoryBytes)}
                  </Cell>
                </Line>
              ))}
            </Body>
          </Table>
        </>
      )}
    </Answered>
  );
}
