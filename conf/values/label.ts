import { findNearest } from "../../base/text.ts";
import { ValueError } from "./values.ts";

/** The access control that confines a sandbox, and how. */
export type Label =
  | { readonly kind: "none" }
  /** Whichever this host has, as with `selinux` or `apparmor`. */
  | { readonly kind: "dynamic" }
  /** An SELinux level of its own. `context` (USER:ROLE:TYPE:LEVEL) replaces the policy's default user, role and type. */
  | { readonly kind: "selinux"; readonly context: string | undefined }
  /** An SELinux context, USER:ROLE:TYPE:LEVEL, used unchanged. */
  | { readonly kind: "static"; readonly label: string }
  /** An AppArmor profile of its own. `profile` replaces it: the name of a profile that the administrator has loaded. */
  | { readonly kind: "apparmor"; readonly profile: string | undefined };

const type = /^[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+/;
const context = new RegExp(`${type.source}(:s\\d+[A-Za-z0-9:,.-]*)?$`);
const label = new RegExp(`${type.source}:s\\d+[A-Za-z0-9:,.-]*$`);
// Names that need no quotes in a profile (apparmor.d(5)). With `//` it would be a child profile or a stack. A name that
// ends in _t is that of an SELinux type.
const profile = /^(?!unconfined$|.*_t$)[A-Za-z0-9/](?:[A-Za-z0-9_.+-]|\/(?!\/))*$/;

const words: Readonly<Record<string, Label>> = {
  dynamic: { kind: "dynamic" },
  selinux: { kind: "selinux", context: undefined },
  apparmor: { kind: "apparmor", profile: undefined },
  none: { kind: "none" },
};
export const labelWords: readonly string[] = Object.keys(words);

/**
 * Parses one of these words, an SELinux label, or the name of an AppArmor profile; also `static,label=…` and
 * `dynamic,label=…`, as in virt-sandbox-service.
 */
export function parseLabel(text: string): Label {
  const word = Object.hasOwn(words, text) ? words[text] : undefined;
  if (word !== undefined) return word;
  const [, how = "static", what = ""] = /^(?:(static|dynamic),label=|static\s+)?(.*)$/s.exec(text) ?? [];
  if (how === "dynamic" && context.test(what)) return { kind: "selinux", context: what };
  if (how === "static" && label.test(what)) return { kind: "static", label: what };
  if (how === "static" && profile.test(what)) return { kind: "apparmor", profile: requireNoTypo(what) };
  throw new ValueError(
    "expected dynamic, selinux, apparmor, none, an SELinux label such as system_u:system_r:container_t:s0:c1,c2, or the name of an AppArmor profile",
  );
}

function requireNoTypo(name: string): string {
  const meant = findNearest(name, labelWords);
  if (meant === undefined) return name;
  throw new ValueError(`is \`${name}\` an AppArmor profile, or did you mean ${meant}? A profile needs another name`);
}
