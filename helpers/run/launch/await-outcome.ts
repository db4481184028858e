import { type Awaited, awaitMessage, awaitWriter } from "../../host/pipes.ts";

/** The sandbox's report about its start. */
export interface Outcome {
  readonly isReady: boolean;
  /** The settings that had to be turned off inside, a line each, in the form `UNIT: KEY=VALUE`. */
  readonly cleared: string;
  /** The first line says how it ended, such as `ended exited 1`; empty if the sandbox did not say. */
  readonly ended: string;
  /** The text for a person if the start failed. */
  readonly report: string;
}

/**
 * Waits until inside/ready or inside/init reports that the service is ready, or why it is not. Alternatively systemd
 * inside opens the pipe `active`, which says that it is ready without a process. If nothing of this happens, the
 * container has ended.
 */
export async function awaitOutcome(outcome: number, active: number | undefined): Promise<Outcome> {
  const message = awaitMessage(outcome);
  const opened: Awaited | undefined = active === undefined ? undefined : awaitWriter(active);
  const said = await Promise.race([message.text, ...(opened === undefined ? [] : [opened.text.then(() => "ready\n")])]);
  for (const each of [message, opened]) each?.stop();
  return parseOutcome(said);
}

/** Parses one message, or two that arrived together. */
export function parseOutcome(text: string): Outcome {
  const lines = text.split("\n");
  const isReady = lines[0] === "ready";
  const end = lines.findIndex((line) => line.startsWith("ended "));
  const before = lines.slice(isReady ? 1 : 0, end === -1 ? undefined : end);
  const after = end === -1 ? [] : lines.slice(end);
  const join = (each: readonly string[]): string => each.filter((line) => line !== "").join("\n");
  return {
    isReady,
    cleared: isReady ? join(before) : "",
    ended: after.join("\n"),
    report: join([...(isReady ? [] : before), ...after.slice(1)]),
  };
}
