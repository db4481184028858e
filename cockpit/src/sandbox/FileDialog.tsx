import {
  Button,
  Content,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
} from "@patternfly/react-core";
import { doEach } from "../host/command.ts";
import type { Difference, Reason } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Answered } from "../parts/Loading.tsx";
import { Problems } from "../parts/Problems.tsx";
import { useAction } from "../parts/use-action.ts";
import { _, plain } from "../text.ts";
import { TextDifference } from "./TextDifference.tsx";

/** Why a file is there, how it differs, and a way back to the host's version. */
export function FileDialog({
  name,
  path,
  onClose,
}: {
  readonly name: string;
  readonly path: string;
  readonly onClose: (isChanged: boolean) => void;
}) {
  const why = useCommand<Reason>(["why", name, path]);
  const { run, busy, problems } = useAction(() => doEach(["revert", name, "--", path]));
  const close = (): void => {
    onClose(false);
  };
  const { result } = why;
  const differs =
    result !== undefined && [result.inside, result.host].some((side) => side !== null && side.state !== "same");
  return (
    <Modal isOpen variant="large" aria-label={plain(path, 200)} onClose={close}>
      <ModalHeader title={plain(path, 200)} />
      <ModalBody>
        <Problems title={_("It was not put back")} problems={problems} />
        <Answered answer={why} title={_("It cannot be said why it is there")}>
          {(reason) => <About reason={reason} />}
        </Answered>
        {differs && <Texts name={name} path={path} />}
      </ModalBody>
      <ModalFooter>
        {differs && result.kind !== null && (
          <Button
            variant="secondary"
            isLoading={busy}
            isDisabled={busy}
            onClick={() => {
              void run().then((done) => {
                if (done) onClose(true);
              });
            }}
          >
            {_("Take the host's version")}
          </Button>
        )}
        <Button variant="primary" onClick={close}>
          {_("Close")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function About({ reason }: { readonly reason: Reason }) {
  const items: readonly (readonly [string, string])[] = [
    [_("Why it is there"), reason.reason],
    [_("In the sandbox"), describeSide(reason.inside)],
    [_("On the host"), describeSide(reason.host)],
    [_("Packages"), reason.owners.join(", ")],
    [_("Perhaps you mean"), reason.nearest ?? ""],
  ];
  return (
    <DescriptionList isHorizontal isCompact>
      {items.map(([term, text]) =>
        text === "" ? null : (
          <DescriptionListGroup key={term}>
            <DescriptionListTerm>{term}</DescriptionListTerm>
            <DescriptionListDescription>{plain(text, 500)}</DescriptionListDescription>
          </DescriptionListGroup>
        ),
      )}
    </DescriptionList>
  );
}

function describeSide(side: Reason["inside"]): string {
  if (side === null) return "";
  const words: Readonly<Record<string, string>> = {
    same: _("unchanged"),
    changed: _("changed"),
    missing: _("removed"),
    added: _("added"),
  };
  const aspects = side.aspects.length === 0 ? "" : ` (${side.aspects.join(", ")})`;
  return `${words[side.state] ?? side.state}${aspects}`;
}

function Texts({ name, path }: { readonly name: string; readonly path: string }) {
  const answer = useCommand<readonly Difference[]>(["diff", name, path, "--text"]);
  return (
    <Answered answer={answer} title={_("The difference cannot be read")}>
      {(differences) => {
        const text = differences.find((each) => each.path === path)?.text ?? null;
        return text === null ? (
          <Content component="p">{_("There is no text to compare.")}</Content>
        ) : (
          <TextDifference text={text} left={_("Put there")} right={_("Now")} />
        );
      }}
    </Answered>
  );
}
