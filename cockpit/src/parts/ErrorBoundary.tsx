import { Component, type ReactNode } from "react";
import { problem } from "../host/command.ts";
import { _ } from "../text.ts";
import { Problems } from "./Problems.tsx";

interface Props {
  readonly children: ReactNode;
}

/** Shows a fault of the page in its place, so that the rest of it can still be used. */
export class ErrorBoundary extends Component<Props, { readonly message?: string }> {
  override state: { readonly message?: string } = {};

  static getDerivedStateFromError(error: unknown): { readonly message: string } {
    return { message: String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === undefined) return this.props.children;
    const hint = _("Load the page again, and report the fault if it stays");
    return <Problems title={_("This page has a fault")} problems={[problem(message, hint)]} />;
  }
}
