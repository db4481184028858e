/** A source on the host that a Mount= line of a conf names. */
export type Source =
  | { readonly kind: "folder"; readonly path: string; readonly allowsSetId: boolean }
  | { readonly kind: "read-only"; readonly path: string }
  | { readonly kind: "image"; readonly path: string }
  | { readonly kind: "memory"; readonly bytes: string };

export interface NamedSource {
  /** The name of the mount in the runtime directory, such as `mount-0`. */
  readonly mount: string;
  readonly source: Source;
}

/** Parses the text that prepare left (`renderMounts`). */
export const parseSources = (text: string): readonly NamedSource[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, mount = "", what = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
      return { mount, source: parseSource(what) };
    });

// A path begins with a slash, so a folder cannot be mistaken for another kind.
function parseSource(what: string): Source {
  const [, kind, rest = ""] = /^(image|ram|suid|ro):(.*)$/.exec(what) ?? [];
  if (kind === "image") return { kind, path: rest };
  if (kind === "ram") return { kind: "memory", bytes: rest };
  if (kind === "ro") return { kind: "read-only", path: rest };
  return kind === "suid"
    ? { kind: "folder", path: rest, allowsSetId: true }
    : { kind: "folder", path: what, allowsSetId: false };
}

/** The source in the words of the conf. */
export const describeSource = (source: Source): string =>
  source.kind === "memory" ? `\`ram:\` and ${source.bytes} bytes` : source.path;
