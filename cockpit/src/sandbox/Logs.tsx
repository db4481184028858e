import { FormSelect, FormSelectOption, Switch } from "@patternfly/react-core";
import { useEffect, useRef, useState } from "react";
import { follow, problemsOf } from "../host/command.ts";
import type { LogLine } from "../host/log-line.ts";
import type { Facts, Problem } from "../host/types.ts";
import { Nothing } from "../parts/Loading.tsx";
import { Problems } from "../parts/Problems.tsx";
import { _, plain, when } from "../text.ts";
import { messageOf } from "./message-of.ts";

/** Lines that the page keeps. Somebody inside can log without end. */
const most = 1000;

const since: Readonly<Record<string, string>> = {
  "-1h": "The last hour",
  today: "Today",
  "-7d": "Seven days",
  boot: "Since the boot",
};
const priorities: Readonly<Record<string, string>> = {
  "7": "Everything",
  "5": "Notice and above",
  "4": "Warning and above",
  "3": "Errors",
};

/** The journal of a sandbox. */
export function Logs({ facts: { name } }: { readonly facts: Facts }) {
  const [from, setFrom] = useState("today");
  const [priority, setPriority] = useState("7");
  const [follows, setFollows] = useState(true);
  const { lines, problems } = useLines(name, from, priority, follows);
  return (
    <>
      <div className="bar">
        <Choice label={_("Since")} value={from} choices={since} onChange={setFrom} />

        <Choice label={_("Priority")} value={priority} choices={priorities} onChange={setPriority} />

        <Switch
          id="follow"
          label={_("Follow")}
          isChecked={follows}
          onChange={(_event, checked) => {
            setFollows(checked);
          }}
        />
      </div>
      <Problems title={_("The log cannot be read")} problems={problems} />
      {lines.length === 0 ? <Nothing title={_("No log entries")} /> : <Lines lines={lines} follows={follows} />}
    </>
  );
}

function Choice({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly onChange: (value: string) => void;
}) {
  return (
    <FormSelect
      aria-label={label}
      value={value}
      onChange={(_event, chosen) => {
        onChange(chosen);
      }}
    >
      {Object.entries(choices).map(([key, words]) => (
        <FormSelectOption key={key} value={key} label={_(words)} />
      ))}
    </FormSelect>
  );
}

function Lines({ lines, follows }: { readonly lines: readonly LogLine[]; readonly follows: boolean }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (follows) end.current?.scrollIntoView({ block: "nearest" });
  }, [lines, follows]);
  return (
    <div className="log" role="log" aria-label={_("Log")} tabIndex={0}>
      {lines.map((line) => (
        <div key={line.__CURSOR} className={`priority-${line.PRIORITY ?? "6"}`}>
          <time>{when(Number(line.__REALTIME_TIMESTAMP) / 1e6)}</time>{" "}
          <b>{plain(line.SYSLOG_IDENTIFIER ?? line._COMM ?? "", 60)}</b> <span>{plain(messageOf(line))}</span>
        </div>
      ))}
      <div ref={end} />
    </div>
  );
}

interface Read {
  readonly lines: readonly LogLine[];
  readonly problems: readonly Problem[];
}

function useLines(name: string, from: string, priority: string, follows: boolean): Read {
  const [read, setRead] = useState<Read>({ lines: [], problems: [] });
  useEffect(() => {
    setRead({ lines: [], problems: [] });
    let waiting: LogLine[] = [];
    let frame = 0;
    // One drawing for a burst of lines.
    const draw = (): void => {
      frame = 0;
      const fresh = waiting;
      waiting = [];
      setRead((before) => ({ ...before, lines: [...before.lines, ...fresh].slice(-most) }));
    };
    const process = follow<LogLine>(
      [
        ...["logs", name, "--json", `--lines=${most}`, `--priority=${priority}`],
        ...(from === "boot" ? ["--boot"] : [`--since=${from}`]),
        ...(follows ? ["--follow"] : []),
      ],
      (lines) => {
        waiting = [...waiting, ...lines].slice(-most);
        frame ||= requestAnimationFrame(draw);
      },
      (error) => {
        if (error !== undefined) setRead((before) => ({ ...before, problems: problemsOf(error) }));
      },
    );
    return () => {
      cancelAnimationFrame(frame);
      process.stop();
    };
  }, [name, from, priority, follows]);
  return read;
}
