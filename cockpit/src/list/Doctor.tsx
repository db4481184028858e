import { Alert, ClipboardCopy, Stack, StackItem } from "@patternfly/react-core";
import { attempt } from "../host/command.ts";
import type { Finding } from "../host/types.ts";
import { useCommand } from "../host/use-command.ts";
import { Answered } from "../parts/Loading.tsx";
import { _, plain } from "../text.ts";

const doctor = ["doctor"] as const;

/** What keeps this host from running sandboxes, and what to do. */
export default function Doctor() {
  const answer = useCommand<readonly Finding[]>(doctor, attempt);
  return (
    <Answered answer={answer} title={_("The host could not be checked")}>
      {(findings) => {
        const wrong = findings.filter(({ verdict }) => verdict !== "ok");
        if (wrong.length === 0)
          return <Alert component="p" isInline isPlain variant="success" title={_("This host can run sandboxes")} />;
        return (
          <Stack hasGutter className="findings">
            {wrong.map(({ check, verdict, message, fix }) => (
              <StackItem key={check}>
                <Alert
                  component="p"
                  isInline
                  variant={verdict === "failed" ? "danger" : "warning"}
                  title={plain(`${check}: ${message}`)}
                >
                  {fix !== null && (
                    <ClipboardCopy isReadOnly hoverTip={_("Copy")} clickTip={_("Copied")} aria-label={_("What to do")}>
                      {plain(fix)}
                    </ClipboardCopy>
                  )}
                </Alert>
              </StackItem>
            ))}
          </Stack>
        );
      }}
    </Answered>
  );
}
