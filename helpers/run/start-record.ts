import { readFileSync } from "node:fs";
import { writeFile } from "../host/write-file.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import type { KnownProcess } from "../host/process-start.ts";
import { orMissing } from "../host/or-missing.ts";
import { runtimeFile } from "./runtime-file.ts";

/** launch's record of the container that it starts, for stop and detach. */
export type StartRecord =
  /** libvirt has not been asked yet, or everything has been taken down. */
  | { readonly kind: "none" }
  /** libvirt was asked. If launch has been killed, libvirtd may still create the container. */
  | { readonly kind: "asked" }
  /** PID 1 inside had ended before launch looked. */
  | { readonly kind: "gone" }
  | { readonly kind: "started"; readonly init: KnownProcess; readonly controller: KnownProcess | undefined };

const recordFile = (name: SandboxName): string => runtimeFile(name, "init");

export function readStartRecord(name: SandboxName): StartRecord {
  const text = orMissing(() => readFileSync(recordFile(name), "utf8"));
  return text === undefined ? { kind: "none" } : parseStartRecord(text);
}

export function writeStartRecord(name: SandboxName, record: Exclude<StartRecord, { kind: "none" }>): void {
  writeFile(recordFile(name), renderStartRecord(record), { mode: 0o600 });
}

/** Writes `INIT BEGAN CONTROLLER BEGAN`, or `gone`. An empty file says that libvirt was asked. */
export function renderStartRecord(record: Exclude<StartRecord, { kind: "none" }>): string {
  if (record.kind === "asked") return "";
  if (record.kind === "gone") return "gone\n";
  const { init, controller } = record;
  return `${[init, ...(controller === undefined ? [] : [controller])].map(({ pid, began }) => `${pid} ${began}`).join(" ")}\n`;
}

export function parseStartRecord(text: string): StartRecord {
  const words = text.trim();
  if (words === "") return { kind: "asked" };
  const [, init, initBegan, , controller, controllerBegan] = /^(\d+) (\d+)( (\d+) (\d+))?$/.exec(words) ?? [];
  if (init === undefined || initBegan === undefined) return { kind: "gone" };
  return {
    kind: "started",
    init: { pid: Number(init), began: initBegan },
    controller:
      controller === undefined || controllerBegan === undefined
        ? undefined
        : { pid: Number(controller), began: controllerBegan },
  };
}
