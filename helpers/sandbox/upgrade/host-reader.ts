import type { FileEntry } from "../manifest/entry.ts";
import { once } from "../../host/once.ts";
import { type HostFacts, readHostFacts, type ReadUnitFacts } from "../populate/populate-sandbox.ts";
import { readUnitFacts } from "../populate/read-unit-facts.ts";
import { readHostContent } from "./plan-upgrade.ts";

/**
 * The requests of upgrades to the host. Each is read once for all sandboxes that are planned, so they see one state of
 * the host.
 */
export interface HostReader {
  readonly readFacts: () => Promise<HostFacts>;
  readonly readUnits: ReadUnitFacts;
  /** Reads a path below the host's root; undefined if there is no such file. */
  readonly readContent: (path: string) => FileEntry["content"];
}

/** Reads only when first asked. */
export const openHostReader = (
  sources: HostReader = {
    readFacts: readHostFacts,
    readUnits: readUnitFacts,
    readContent: readHostContent,
  },
): HostReader => {
  const readUnits = once((words: string) => {
    const [purpose = "", ...units] = words.split(" ");
    return sources.readUnits(units, purpose === "needed" ? "needed" : "asked");
  });
  const readFacts = once(() => sources.readFacts());
  return {
    readFacts: () => readFacts(""),
    readUnits: (units, purpose = "asked") => readUnits([purpose, ...units].join(" ")),
    readContent: once(sources.readContent),
  };
};
