import { Label, type LabelProps, Tooltip } from "@patternfly/react-core";
import { useWorld } from "../host/store.ts";
import type { Facts } from "../host/types.ts";
import { _, plain } from "../text.ts";

interface Look {
  readonly text: string;
  readonly status?: NonNullable<LabelProps["status"]>;
}

/** The words for systemd's ActiveState. */
export function describeState(state: string): Look {
  switch (state) {
    case "active":
      return { text: _("Running"), status: "success" };
    case "activating":
      return { text: _("Starting"), status: "info" };
    case "reloading":
      return { text: _("Reloading"), status: "info" };
    case "deactivating":
      return { text: _("Stopping"), status: "info" };
    case "failed":
      return { text: _("Failed"), status: "danger" };
    case "inactive":
      return { text: _("Stopped") };
    default:
      return { text: state };
  }
}

/** Whether it is a job between its times. */
const isWaiting = ({ state, timer }: Facts): boolean => state === "inactive" && timer?.substate === "waiting";

/** The state of a sandbox as a label. While it starts it also says what it does. */
export function State({ facts }: { readonly facts: Facts }) {
  const { progress } = useWorld();
  const { text, status } = isWaiting(facts) ? { text: _("Waiting"), status: undefined } : describeState(facts.state);
  const doing = progress.get(facts.name);
  const label = (
    <Label isCompact {...(status === undefined ? {} : { status })}>
      {text}
    </Label>
  );
  const more = doing ?? (facts.state === "failed" ? facts.result : undefined);
  return more === undefined ? label : <Tooltip content={plain(more, 200)}>{label}</Tooltip>;
}
