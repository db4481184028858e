import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { parseTimeSpan } from "../../../generator/conf/values/values.ts";
import { extendTimeout } from "../../host/notify.ts";
import { readOwnTimeout, shipped } from "./ask-for-time.ts";

/** Its requests to systemd. Unit tests replace them. */
export interface WithTimeHost {
  /** TimeoutStartSec= of the sandbox, as systemctl prints it. */
  readonly readOwnTimeout: (name: SandboxName) => Promise<string>;
  readonly extendTimeout: (seconds: number) => void;
}

/** The least that is asked for, in seconds. It is asked for again before it is over. */
const least = 15;

/**
 * Runs what comes before a start and may take any time. It asks systemd for time meanwhile; then the start has as long as
 * TimeoutStartSec= says. systemd never takes back what it gave, so this asks for no more.
 */
export async function withTime<Result>(
  name: SandboxName,
  act: () => Promise<Result>,
  host: WithTimeHost = ownHost,
): Promise<Result> {
  const seconds = Math.max(readSeconds((await host.readOwnTimeout(name)).trim()), least);
  host.extendTimeout(seconds);
  const timer = setInterval(host.extendTimeout, Math.min((seconds * 1000) / 3, 60_000), seconds);
  try {
    return await act();
  } finally {
    clearInterval(timer);
    host.extendTimeout(seconds);
  }
}

function readSeconds(text: string): number {
  try {
    return parseTimeSpan(text);
  } catch {
    // With infinity nothing has to be asked for. It does no harm.
    return shipped.seconds;
  }
}

const ownHost: WithTimeHost = { readOwnTimeout, extendTimeout };
