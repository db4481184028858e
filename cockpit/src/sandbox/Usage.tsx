import { useHistory } from "../host/store.ts";
import type { Stats } from "../host/types.ts";
import { Nothing } from "../parts/Loading.tsx";
import { _, bytes, fill, percent } from "../text.ts";
import { Graph } from "./Graph.tsx";

/** What a running sandbox has used in the last minutes. */
export function Usage({ name }: { readonly name: string }) {
  const history = useHistory(name);
  const last = history.at(-1);
  if (last === undefined) return <Nothing title={_("It does not run")} />;
  return (
    <>
      <Graph
        title={_("Processor")}
        now={percent(last.cpuPercent)}
        values={history.map(({ cpuPercent }) => cpuPercent)}
        least={10}
      />
      <Graph
        title={_("Memory")}
        now={describeMemory(last)}
        values={history.map(({ memoryBytes }) => memoryBytes)}
        least={last.memoryMax ?? 1 << 20}
      />
      <Graph
        title={_("Disk")}
        now={fill("$0 a second", bytes(rates(history).at(-1) ?? 0))}
        values={rates(history)}
        least={1 << 16}
      />
      <p className="aside">
        {fill("$0 tasks", last.tasks ?? 0)}
        {last.tasksMax !== null && ` / ${last.tasksMax}`}
      </p>
    </>
  );
}

const describeMemory = ({ memoryBytes, memoryMax }: Stats): string =>
  memoryMax === null ? bytes(memoryBytes) : `${bytes(memoryBytes)} / ${bytes(memoryMax)}`;

const moved = ({ readBytes, writtenBytes }: Stats): number => (readBytes ?? 0) + (writtenBytes ?? 0);

/** Bytes read and written in each second. */
const rates = (history: readonly Stats[]): readonly number[] =>
  history.slice(1).map((each, index) => {
    const before = history[index];
    return before === undefined ? 0 : Math.max(0, moved(each) - moved(before));
  });
