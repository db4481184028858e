import { Label, LabelGroup, type LabelProps, Tooltip } from "@patternfly/react-core";
import type { Facts } from "../host/types.ts";
import { _, count, plain } from "../text.ts";
import { type Note, notesOf } from "./filter.ts";

/** What the administrator should know of a sandbox, as labels with the reason. */
export function Notes({ facts }: { readonly facts: Facts }) {
  const notes = notesOf(facts);
  if (notes.length === 0) return null;
  return (
    <LabelGroup numLabels={3} aria-label={_("Notes")}>
      {notes.map((note) => {
        const { text, status, more } = describe(note, facts);
        const label = (
          <Label isCompact status={status}>
            {text}
          </Label>
        );
        return more === undefined ? (
          <span key={note}>{label}</span>
        ) : (
          <Tooltip key={note} content={<span className="verbatim">{plain(more, 500)}</span>}>
            {label}
          </Tooltip>
        );
      })}
    </LabelGroup>
  );
}

interface Words {
  readonly text: string;
  readonly status: NonNullable<LabelProps["status"]>;
  readonly more?: string;
}

function describe(note: Note, facts: Facts): Words {
  switch (note) {
    case "broken":
      return { text: _("Conf unusable"), status: "danger", more: facts.error ?? "" };
    case "unconfined":
      return { text: _("Unconfined"), status: "danger", more: _("It runs without its AppArmor profile. Restart it") };
    case "portsLost":
      return {
        text: _("Ports lost"),
        status: "danger",
        more: _("Its rules have been removed. Restart sandboxcontainer-ports.service"),
      };
    case "localOnly":
      return { text: _("Listens to itself only"), status: "warning", more: facts.localOnly.join("\n") };
    case "denied":
      return { text: count("$0 denial today", "$0 denials today", facts.deniedToday ?? 0), status: "warning" };
    case "restart":
      return { text: _("Restart due"), status: "warning", more: facts.replacedFiles.slice(0, 10).join("\n") };
    case "conf":
      return { text: _("Conf changed"), status: "info", more: _("The change takes effect at the next start") };
    case "timer":
      return {
        text: _("Timer stopped"),
        status: "warning",
        more: `systemctl enable --now sandbox@${facts.name}.timer`,
      };
    case "snapshotFailed":
      return {
        text: _("Snapshot failed"),
        status: "danger",
        more: `journalctl -u sandbox-snapshot@${facts.name}`,
      };
    case "snapshotsStopped":
      return {
        text: _("No snapshots are due"),
        status: "warning",
        more: `systemctl start sandbox-snapshot@${facts.name}.timer`,
      };
    case "upgrade":
      return {
        text: _("Upgrade due"),
        status: "info",
        more: count(
          "$0 package of the host has changed",
          "$0 packages of the host have changed",
          facts.outdatedPackages ?? 0,
        ),
      };
  }
}
