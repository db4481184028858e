import type { Host, Sandboxes } from "../../../../helpers/command/doctor/check.ts";

interface Fake {
  /** The texts of files. A file with `undefined` does not exist. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** The outputs of commands, by the whole command line. Any other command fails. */
  readonly commands?: Readonly<Record<string, string>>;
  readonly space?: { readonly free: number; readonly total: number };
  readonly sandboxes?: Partial<Sandboxes>;
}

export function fakeHost({ files = {}, commands = {}, space, sandboxes }: Fake): Host {
  return {
    read: (path) => files[path],
    exists: (path) => files[path] !== undefined,
    run: (command, ...args) => Promise.resolve(commands[[command, ...args].join(" ")]),
    space: () => space,
    sandboxes: {
      names: [],
      withSnapshots: [],
      confErrors: [],
      uninstalled: [],
      limited: [],
      orphans: [],
      allUnlabelled: false,
      unconfined: [],
      dhcpNetworks: [],
      ports: { names: [], lost: [], local: [], shadowed: [] },
      stale: [],
      mapped: [],
      shared: [],
      idRanges: 0,
      levels: 0,
      leftovers: { paths: [], unfinished: [], frozen: [] },
      ...sandboxes,
    },
  };
}
