import {
  Alert,
  Button,
  Card,
  CardBody,
  CardTitle,
  ClipboardCopy,
  Content,
  List,
  ListItem,
  Progress,
  ProgressMeasureLocation,
  Stack,
  StackItem,
} from "@patternfly/react-core";
import { useState } from "react";
import { ask } from "../host/command.ts";
import { refresh } from "../host/store.ts";
import type { Advice, Denial, Exposure, Facts } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { Answered, Nothing } from "../parts/Loading.tsx";
import { _, ago, count, plain } from "../text.ts";

/** How well a sandbox is shut in, and what was denied to it. */
export function Security({ facts }: { readonly facts: Facts }) {
  return (
    <Stack hasGutter>
      <StackItem>
        <Walls facts={facts} />
      </StackItem>
      <StackItem>
        <Denials name={facts.name} />
      </StackItem>
    </Stack>
  );
}

function Walls({ facts }: { readonly facts: Facts }) {
  const answer = useCommand<readonly Exposure[]>(["security", facts.name]);
  return (
    <Answered answer={answer} title={_("The exposure cannot be computed")}>
      {(exposures) => (
        <Stack hasGutter>
          {facts.unconfined && (
            <Alert
              component="p"
              isInline
              variant="danger"
              title={_("It runs without its AppArmor profile. Restart it")}
            />
          )}
          {exposures.map((exposure) => (
            <StackItem key={exposure.unit}>
              <Card>
                <CardTitle component="h2">{exposure.unit}</CardTitle>
                <CardBody>
                  <Score title={_("Exposure alone")} value={exposure.alone} />
                  <Score title={_("Exposure in the sandbox")} value={exposure.sandboxed} />
                  <Content component="h3">{_("Walls in force")}</Content>
                  <List>
                    {exposure.walls.map(({ wall, closes }) => (
                      <ListItem key={wall}>
                        <details>
                          <summary>
                            <b>{wall}</b>{" "}
                            <span className="aside">
                              {count("closes $0 exposure", "closes $0 exposures", closes.length)}
                            </span>
                          </summary>
                          <span className="aside">{closes.join(", ")}</span>
                        </details>
                      </ListItem>
                    ))}
                  </List>
                  {exposure.left.length > 0 && (
                    <details>
                      <summary>{count("$0 exposure is left", "$0 exposures are left", exposure.left.length)}</summary>
                      <span className="aside">{exposure.left.join(", ")}</span>
                    </details>
                  )}
                </CardBody>
              </Card>
            </StackItem>
          ))}
        </Stack>
      )}
    </Answered>
  );
}

/** An exposure from 0 to 10, as systemd-analyze(1) computes it. */
function Score({ title, value }: { readonly title: string; readonly value: number }) {
  const variant = value < 3 ? "success" : value < 6 ? "warning" : "danger";
  return (
    <Progress
      title={title}
      value={value * 10}
      label={value.toFixed(1)}
      valueText={value.toFixed(1)}
      variant={variant}
      measureLocation={ProgressMeasureLocation.outside}
    />
  );
}

/** A way to allow a denial that one command takes. */
type AdviceWithCommand = Advice & { readonly command: readonly string[] };

function Denials({ name }: { readonly name: string }) {
  const answer = useCommand<readonly Denial[]>(["audit", name, "--since=7d"]);
  const [asked, setAsked] = useState<AdviceWithCommand>();
  return (
    <Card>
      <CardTitle component="h2">{_("Denied in the last seven days")}</CardTitle>
      <CardBody>
        <Answered answer={answer} title={_("The denials cannot be read")}>
          {(denials) =>
            denials.length === 0 ? (
              <Nothing title={_("Nothing was denied")} />
            ) : (
              <Stack hasGutter>
                {denials.map((denial, index) => (
                  <StackItem key={index}>
                    <OneDenial denial={denial} allow={setAsked} />
                  </StackItem>
                ))}
              </Stack>
            )
          }
        </Answered>
        {asked !== undefined && (
          <Dialog
            title={_("Allow it?")}
            action={_("Allow")}
            width="medium"
            work={async () => {
              await runAllowing(asked.command);
              await refresh();
            }}
            onClose={() => {
              setAsked(undefined);
              void answer.again();
            }}
          >
            <Content component="p">
              {asked.kind === "boolean"
                ? _("All sandboxes may do more then. This runs on the host:")
                : _("The sandbox may do more then. This runs on the host:")}
            </Content>
            <code className="verbatim">{plain(asked.text)}</code>
            {asked.kind === "setting" && (
              <Content component="p">{_("It takes effect when the sandbox is restarted.")}</Content>
            )}
          </Dialog>
        )}
      </CardBody>
    </Card>
  );
}

function OneDenial({
  denial,
  allow,
}: {
  readonly denial: Denial;
  readonly allow: (advice: AdviceWithCommand) => void;
}) {
  const offered = denial.allow.find((advice): advice is AdviceWithCommand => advice.command !== null);
  return (
    <Alert component="p" isInline variant={denial.permissive ? "info" : "warning"} title={plain(denial.text, 400)}>
      <p className="aside">
        {count("$0 time", "$0 times", denial.count)}, {ago(denial.last)}
      </p>
      {offered === undefined ? (
        denial.allow.map((advice) => <InWords key={advice.text} advice={advice} />)
      ) : (
        <Button
          variant="secondary"
          size="sm"
          onClick={() => {
            allow(offered);
          }}
        >
          {_("Allow…")}
        </Button>
      )}
    </Alert>
  );
}

/** A way to allow it that is no command, or why there is none. */
function InWords({ advice: { kind, text } }: { readonly advice: Advice }) {
  if (kind === "nothing") return <p>{`${_("It cannot be allowed")}: ${plain(text)}`}</p>;
  const title = kind === "rule" ? _("Rule that allows it in all sandboxes") : _("How to allow it");
  return (
    <>
      <p>{title}</p>
      <ClipboardCopy isReadOnly hoverTip={_("Copy")} clickTip={_("Copied")} textAriaLabel={title}>
        {plain(text)}
      </ClipboardCopy>
    </>
  );
}

/** Runs a command that `audit` has proposed, as a list of words and never by a shell. */
async function runAllowing(command: readonly string[]): Promise<void> {
  const [program, ...args] = command;
  if (program === "sandboxcontainer") await ask(args);
  else await cockpit.spawn(command, { superuser: "require", err: "message" });
}
