/** What Mount= of a conf asks of the host. */
export type Source =
  | { readonly kind: "folder"; readonly path: string; readonly allowsSetId: boolean }
  | { readonly kind: "image"; readonly path: string }
  | { readonly kind: "memory"; readonly bytes: string };

export interface NamedSource {
  /** As `mount-0`: where it is mounted, in the runtime directory. */
  readonly mount: string;
  readonly source: Source;
}

/** From the text that prepare left (`renderMounts`). */
export const parseSources = (text: string): readonly NamedSource[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, mount = "", what = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
      return { mount, source: parseSource(what) };
    });

// A path begins with a slash, so no folder is taken for another kind.
function parseSource(what: string): Source {
  const [, kind, rest = ""] = /^(image|ram|suid):(.*)$/.exec(what) ?? [];
  if (kind === "image") return { kind, path: rest };
  if (kind === "ram") return { kind: "memory", bytes: rest };
  return kind === "suid"
    ? { kind: "folder", path: rest, allowsSetId: true }
    : { kind: "folder", path: what, allowsSetId: false };
}

/** As a person finds it in the conf. */
export const describeSource = (source: Source): string =>
  source.kind === "memory" ? `\`ram:\` and ${source.bytes} bytes` : source.path;
