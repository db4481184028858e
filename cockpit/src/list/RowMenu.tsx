import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import EllipsisVIcon from "@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon";
import { useState } from "react";
import type { Facts } from "../host/types.ts";
import { fill } from "../text.ts";
import { actionsFor } from "../verbs/actions.ts";
import { useVerbs } from "../verbs/Verbs.tsx";

/** The menu of a sandbox. A closed one costs only its button: there may be five hundred. */
export function RowMenu({ facts }: { readonly facts: Facts }) {
  const [isOpen, setOpen] = useState(false);
  const { begin } = useVerbs();
  return (
    <Dropdown
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={() => {
        setOpen(false);
      }}
      popperProps={{ position: "right" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          isExpanded={isOpen}
          aria-label={fill("Actions of $0", facts.name)}
          icon={<EllipsisVIcon />}
          onClick={() => {
            setOpen(!isOpen);
          }}
        />
      )}
    >
      {isOpen && (
        <DropdownList>
          {actionsFor(facts).map(({ verb, text, isDanger }) => (
            <DropdownItem
              key={verb}
              isDanger={isDanger}
              onClick={() => {
                begin(verb, [facts]);
              }}
            >
              {text}
            </DropdownItem>
          ))}
        </DropdownList>
      )}
    </Dropdown>
  );
}
