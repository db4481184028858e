import {
  Button,
  type ButtonProps,
  Form,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  type ModalProps,
} from "@patternfly/react-core";
import type { FormEvent, ReactNode } from "react";
import { _ } from "../text.ts";
import { Problems } from "./Problems.tsx";
import { useAction } from "./use-action.ts";

/** A dialog that does one thing. It stays open if that fails, and says why. */
export function Dialog({
  title,
  action,
  variant = "primary",
  width = "small",
  isReady = true,
  work,
  onClose,
  children,
}: {
  readonly title: string;
  /** The word on the button. */
  readonly action: string;
  readonly variant?: NonNullable<ButtonProps["variant"]>;
  readonly width?: NonNullable<ModalProps["variant"]>;
  readonly isReady?: boolean;
  readonly work: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { run, busy, problems } = useAction(work);
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!isReady || busy) return;
    void run().then((done) => {
      if (done) onClose();
    });
  };
  return (
    <Modal isOpen variant={width} aria-label={title} onClose={onClose}>
      <ModalHeader title={title} />
      <ModalBody>
        <Form onSubmit={submit}>
          <Problems title={_("That failed")} problems={problems} />
          {children}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          variant={variant}
          isLoading={busy}
          isDisabled={busy || !isReady}
          onClick={() => {
            submit();
          }}
        >
          {action}
        </Button>
        <Button variant="link" onClick={onClose}>
          {_("Cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
