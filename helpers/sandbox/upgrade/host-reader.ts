import type { FileEntry } from "../manifest/entry.ts";
import { once } from "../../host/once.ts";
import { type HostFacts, readHostFacts, type ReadUnitFacts } from "../populate/populate-sandbox.ts";
import { readUnitFacts } from "../populate/read-unit-facts.ts";
import { readHostContent } from "./plan-upgrade.ts";

/** What upgrades ask of the host. Each is read once, however many sandboxes are planned: they see one state of the host. */
export interface HostReader {
  readonly readFacts: () => Promise<HostFacts>;
  readonly readUnits: ReadUnitFacts;
  /** Of a path below the host's root; undefined where there is no such file. */
  readonly readContent: (path: string) => FileEntry["content"];
}

/** When first asked, it reads. */
export const openHostReader = (
  sources: HostReader = {
    readFacts: readHostFacts,
    readUnits: readUnitFacts,
    readContent: readHostContent,
  },
): HostReader => {
  const readUnits = once((words: string) => sources.readUnits(words.split(" ")));
  const readFacts = once(() => sources.readFacts());
  return {
    readFacts: () => readFacts(""),
    readUnits: (units) => (units.length === 0 ? sources.readUnits(units) : readUnits(units.join(" "))),
    readContent: once(sources.readContent),
  };
};
