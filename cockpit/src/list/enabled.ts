import type { Facts } from "../host/types.ts";
import { _ } from "../text.ts";

/** Whether it starts at boot. */
export const isEnabled = ({ enabled }: Facts): boolean => enabled.startsWith("enabled");

/** The same in a word. A user without rights does not know. */
export const describeEnabled = (facts: Facts): string =>
  facts.enabled === "" ? "—" : isEnabled(facts) ? _("Yes") : _("No");
