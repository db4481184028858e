import { type ComponentType, lazy, type LazyExoticComponent } from "react";

let styles: Promise<void> | undefined;

/** Loads the style sheet of what the page does not show at first. */
function loadStyles(): Promise<void> {
  styles ??= new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = "views.css";
    // Without it the page is ugly, but works.
    link.onload = link.onerror = (): void => {
      resolve();
    };
    document.head.append(link);
  });
  return styles;
}

/** A component that is loaded, with its style, when it is drawn for the first time. */
export const later = <Props>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> =>
  lazy(async () => {
    const [loaded] = await Promise.all([load(), loadStyles()]);
    return loaded;
  });
