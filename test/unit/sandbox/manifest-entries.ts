import type { ManifestEntry } from "../../../helpers/sandbox/manifest/entry.ts";

interface Entries {
  readonly directory: (path: string, copyTree?: string) => ManifestEntry;
  readonly link: (path: string, to: string) => ManifestEntry;
}

/** Makes entries of a manifest that belong to this user and group. */
export function entriesOf(owner: number, group: number): Entries {
  const common = { owner, group, reason: "a test" };
  return {
    directory: (path, copyTree) => ({
      ...common,
      path,
      kind: "directory",
      mode: 0o755,
      source: copyTree === undefined ? undefined : { copyTree },
    }),
    link: (path, to) => ({ ...common, path, kind: "link", mode: 0o777, source: { link: to } }),
  };
}
