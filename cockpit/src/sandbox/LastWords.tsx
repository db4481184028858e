import { Alert } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { follow } from "../host/command.ts";
import type { LogLine } from "../host/log-line.ts";
import { _, plain } from "../text.ts";
import { messageOf } from "./message-of.ts";

/** The last lines that a sandbox has logged, for one that failed. */
export function LastWords({ name, state }: { readonly name: string; readonly state: string }) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  useEffect(() => {
    setLines([]);
    const process = follow<LogLine>(
      ["logs", name, "--json", "--lines=8"],
      (more) => {
        setLines((before) => [...before, ...more]);
      },
      () => undefined,
    );
    return () => {
      process.stop();
    };
  }, [name, state]);
  if (lines.length === 0) return null;
  return (
    <Alert component="p" isInline variant="danger" title={_("It failed. Its last words:")}>
      <div className="code verbatim">{lines.map((line) => plain(messageOf(line), 500)).join("\n")}</div>
    </Alert>
  );
}
