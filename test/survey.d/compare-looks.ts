import type { Look } from "./look.ts";

/** What the service shows itself, without what was there before it was started. */
export const subtractLook = (after: Look, before: Look): Look => ({
  state: after.state,
  processes: after.processes,
  sockets: without(after.sockets, before.sockets),
  files: without(after.files, before.files),
});

/** Whether a service is there: its service is active, or its socket listens. */
export const isThere = ({ state }: Look): boolean => state.startsWith("active ");

/**
 * Lists what differs in a sandbox, one line for each. A sandbox may have written more files: its packages are configured
 * in it, as they were on the host earlier.
 */
export function compareLooks(host: Look, sandbox: Look): readonly string[] {
  return [
    ...(host.state === sandbox.state ? [] : [`state: ${sandbox.state}, not ${host.state}`]),
    ...(["processes", "sockets"] as const).flatMap((part) => [
      ...without(host[part], sandbox[part]).map((each) => `${part}: no ${each}`),
      ...without(sandbox[part], host[part]).map((each) => `${part}: also ${each}`),
    ]),
    ...without(host.files, sandbox.files).map((each) => `files: no ${each}`),
  ];
}

const without = (all: readonly string[], some: readonly string[]): readonly string[] =>
  all.filter((each) => !some.includes(each));
