import { ActionGroup, Alert, Button, Form, FormGroup, TextArea } from "@patternfly/react-core";
import { useCallback, useEffect, useState } from "react";
import { ask } from "../host/command.ts";
import { refresh } from "../host/store.ts";
import type { Shown } from "../host/types.ts";
import { Nothing, Waiting } from "../parts/Loading.tsx";
import { Problems } from "../parts/Problems.tsx";
import { useAction } from "../parts/use-action.ts";
import { _, fill } from "../text.ts";

interface Read {
  readonly path: string;
  readonly text: string;
  readonly digest: string;
}

/** Reads the digest first: if the text changes in between, saving is refused. */
async function read(name: string): Promise<Read | null> {
  const { conf, confDigest } = await ask<Shown>(["show", name]);
  if (conf === null || confDigest === null) return null;
  const file = cockpit.file(conf, { superuser: "try" });
  const text = await file.read();
  file.close();
  return text === null ? null : { path: conf, text, digest: confDigest };
}

/** The text of the conf. It is checked before it is written. */
export function PlainEditor({ name }: { readonly name: string }) {
  const [original, setOriginal] = useState<Read | null>();
  const [text, setText] = useState("");
  const [foreign, setForeign] = useState<Read>();
  const load = useAction(
    useCallback(async () => {
      const found = await read(name);
      setOriginal(found);
      setText(found?.text ?? "");
      setForeign(undefined);
    }, [name]),
  );
  const save = useAction(async (digest: string) => {
    try {
      await ask(["edit", name, "--replace", "-", "--was", digest], text);
    } catch (error) {
      const now = await read(name);
      // Somebody else has changed it: both texts are shown, and nothing is overwritten.
      if (now !== null && now.digest !== digest) setForeign(now);
      throw error;
    }
    await refresh();
    await load.run();
  });
  useEffect(() => {
    void load.run();
  }, [name]);
  if (load.problems.length > 0) return <Problems title={_("The conf cannot be read")} problems={load.problems} />;
  if (original === undefined) return <Waiting />;
  if (original === null) return <Nothing title={_("It has no conf")} />;
  const isChanged = text !== original.text;
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        void save.run((foreign ?? original).digest);
      }}
    >
      <Problems title={_("The conf was not changed")} problems={save.problems} />
      {foreign !== undefined && (
        <Alert component="p" isInline variant="warning" title={_("Somebody has changed the conf meanwhile")}>
          {_("Take over what you need into your text. Saving replaces the text at the right.")}
        </Alert>
      )}
      <div className={foreign === undefined ? "" : "cards"}>
        <div>
          <FormGroup label={original.path} fieldId="conf">
            <TextArea
              id="conf"
              className="code"
              rows={20}
              spellCheck={false}
              resizeOrientation="vertical"
              value={text}
              onChange={(_event, value) => {
                setText(value);
              }}
            />
          </FormGroup>
        </div>
        {foreign !== undefined && (
          <div>
            <FormGroup label={fill("$0, as it is now", foreign.path)} fieldId="foreign">
              <TextArea id="foreign" className="code" rows={20} readOnlyVariant="default" value={foreign.text} />
            </FormGroup>
          </div>
        )}
      </div>
      <ActionGroup>
        <Button type="submit" variant="primary" isLoading={save.busy} isDisabled={!isChanged || save.busy}>
          {_("Check and save")}
        </Button>
        <Button variant="link" isDisabled={!isChanged && foreign === undefined} onClick={() => void load.run()}>
          {_("Discard my changes")}
        </Button>
      </ActionGroup>
    </Form>
  );
}
