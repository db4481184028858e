import { ValueError } from "./value-error.ts";

export type Label =
  | { readonly kind: "none" }
  /** A level of its own. `context` (USER:ROLE:TYPE:LEVEL) replaces the policy's default user, role and type. */
  | { readonly kind: "dynamic"; readonly context: string | undefined }
  /** USER:ROLE:TYPE:LEVEL, used unchanged. */
  | { readonly kind: "static"; readonly label: string };

const type = /^[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+/;
const context = new RegExp(`${type.source}(:s\\d+[A-Za-z0-9:,.-]*)?$`);
const label = new RegExp(`${type.source}:s\\d+[A-Za-z0-9:,.-]*$`);

/** Parses `dynamic`, `none` or a label; also `static,label=…` and `dynamic,label=…`, as in virt-sandbox-service. */
export function parseLabel(text: string): Label {
  if (text === "none") return { kind: "none" };
  if (text === "dynamic") return { kind: "dynamic", context: undefined };
  const [, how = "static", what = ""] = /^(?:(static|dynamic),label=|static\s+)?(.*)$/s.exec(text) ?? [];
  if (how === "dynamic" && context.test(what)) return { kind: "dynamic", context: what };
  if (how === "static" && label.test(what)) return { kind: "static", label: what };
  throw new ValueError("expected dynamic, none, or a static label, such as system_u:system_r:container_t:s0:c1,c2");
}
