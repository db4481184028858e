import { Button, FormSelect, FormSelectOption, TextInput } from "@patternfly/react-core";
import type { Facts } from "../host/types.ts";
import { _, count } from "../text.ts";
import { useVerbs } from "../verbs/Verbs.tsx";
import { CreateButton } from "./CreateButton.tsx";
import type { Which, Wish } from "./filter.ts";

/** Above the list: which sandboxes it shows, and what to do with those that are chosen. */
export function Toolbar({
  wish,
  setWish,
  shown,
  chosen,
  setChosen,
  mayChange,
}: {
  readonly wish: Wish;
  readonly setWish: (wish: Wish) => void;
  readonly shown: readonly Facts[];
  readonly chosen: readonly Facts[];
  readonly setChosen: (names: ReadonlySet<string>) => void;
  readonly mayChange: boolean;
}) {
  return (
    <div className="bar" role="toolbar" aria-label={_("Filter and actions")}>
      <div>
        <TextInput
          type="search"
          aria-label={_("Filter by name or service")}
          placeholder={_("Filter by name or service")}
          value={wish.text}
          onChange={(_event, text) => {
            setWish({ ...wish, text });
          }}
        />
      </div>
      <div>
        <WhichSelect wish={wish} setWish={setWish} />
      </div>
      <span>{count("$0 sandbox", "$0 sandboxes", shown.length)}</span>
      {mayChange && (
        <div className="bar end">
          <Bulk shown={shown} chosen={chosen} setChosen={setChosen} />
          <CreateButton />
        </div>
      )}
    </div>
  );
}

function WhichSelect({ wish, setWish }: { readonly wish: Wish; readonly setWish: (wish: Wish) => void }) {
  const words: Readonly<Record<Which, string>> = {
    all: _("All states"),
    running: _("Running"),
    stopped: _("Stopped"),
    failed: _("Failed"),
    noted: _("With a note"),
  };
  return (
    <FormSelect
      aria-label={_("State")}
      value={wish.which}
      onChange={(_event, which) => {
        setWish({ ...wish, which: which as Which });
      }}
    >
      {Object.entries(words).map(([which, text]) => (
        <FormSelectOption key={which} value={which} label={text} />
      ))}
    </FormSelect>
  );
}

function Bulk({
  shown,
  chosen,
  setChosen,
}: {
  readonly shown: readonly Facts[];
  readonly chosen: readonly Facts[];
  readonly setChosen: (names: ReadonlySet<string>) => void;
}) {
  const { begin } = useVerbs();
  if (chosen.length === 0) return null;
  const act = (verb: "start" | "stop" | "delete") => () => {
    begin(verb, chosen);
    setChosen(new Set());
  };
  return (
    <>
      <span>{count("$0 chosen", "$0 chosen", chosen.length)}</span>
      {chosen.length < shown.length && (
        <Button
          variant="link"
          onClick={() => {
            setChosen(new Set(shown.map(({ name }) => name)));
          }}
        >
          {_("Choose all")}
        </Button>
      )}
      <Button variant="secondary" onClick={act("start")}>
        {_("Start")}
      </Button>
      <Button variant="secondary" onClick={act("stop")}>
        {_("Stop")}
      </Button>
      <Button variant="danger" onClick={act("delete")}>
        {_("Delete…")}
      </Button>
    </>
  );
}
