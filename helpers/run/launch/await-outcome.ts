import { type Awaited, awaitMessage, awaitWriter } from "../../host/pipes.ts";

/** What a sandbox said of its start. */
export interface Outcome {
  readonly isReady: boolean;
  /** What had to be turned off inside, as `UNIT: KEY=VALUE`; a line each. */
  readonly cleared: string;
  /** The first line is how it ended, as `ended exited 1`; empty when it did not say. */
  readonly ended: string;
  /** What a person wants to read of a start that failed. */
  readonly report: string;
}

/**
 * Waits until inside/ready or inside/init says that the service is ready, or why it is not; or until systemd inside opens the pipe `active`,
 * which says the same without a process. Without any of it the container has ended.
 */
export async function awaitOutcome(outcome: number, active: number | undefined): Promise<Outcome> {
  const message = awaitMessage(outcome);
  const opened: Awaited | undefined = active === undefined ? undefined : awaitWriter(active);
  const said = await Promise.race([message.text, ...(opened === undefined ? [] : [opened.text.then(() => "ready\n")])]);
  for (const each of [message, opened]) each?.stop();
  return parseOutcome(said);
}

/** From one message, or from two that came one after the other. */
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
