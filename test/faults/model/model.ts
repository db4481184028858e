/** What must be true of one sandbox. */
export interface Known {
  readonly isRunning: boolean;
  readonly isEnabled: boolean;
  /** The text of /srv/data inside, which only the sandbox's owner writes; empty if there is none. */
  readonly data: string;
  /** TimeoutStopSec= of its conf; empty if there is none. */
  readonly timeout: string;
  /** The data of each snapshot. */
  readonly snapshots: ReadonlyMap<string, string>;
}

/** What must be true of a host: its sandboxes, and what is in each archive. */
export interface Model {
  readonly sandboxes: Map<string, Known>;
  readonly archives: Map<string, Pick<Known, "data" | "timeout">>;
}

export const emptyModel = (): Model => ({ sandboxes: new Map(), archives: new Map() });

/** A verb with its words. `write` is no verb: somebody inside writes data. */
export type Action =
  | { readonly verb: "create" | "delete" | "start" | "stop" | "restart" | "enable" | "disable"; readonly name: string }
  | { readonly verb: "clone" | "rename"; readonly name: string; readonly other: string }
  | { readonly verb: "snapshot" | "rollback" | "delete-snapshot"; readonly name: string; readonly other: string }
  | { readonly verb: "export" | "import"; readonly name: string; readonly other: string }
  | { readonly verb: "set" | "write"; readonly name: string; readonly text: string };

const fresh: Known = { isRunning: false, isEnabled: false, data: "", timeout: "", snapshots: new Map() };

/**
 * Does in the model what an action does. Returns false, and changes nothing, if the action has to be refused.
 */
export function apply({ sandboxes, archives }: Model, action: Action): boolean {
  const known = sandboxes.get(action.name);
  const put = (change: Partial<Known>): boolean => {
    sandboxes.set(action.name, { ...(known ?? fresh), ...change });
    return true;
  };
  if (action.verb === "create") return known === undefined && put({});
  if (action.verb === "import") {
    const archived = archives.get(action.other);
    return known === undefined && archived !== undefined && put(archived);
  }
  if (known === undefined) return false;
  switch (action.verb) {
    case "delete":
      return sandboxes.delete(action.name);
    case "start":
    case "restart":
      return put({ isRunning: true });
    case "stop":
      return put({ isRunning: false });
    case "enable":
    case "disable":
      return put({ isEnabled: action.verb === "enable" });
    case "set":
      return put({ timeout: action.text });
    case "write":
      return known.isRunning && put({ data: action.text });
    case "clone":
      if (known.isRunning || sandboxes.has(action.other)) return false;
      sandboxes.set(action.other, { ...fresh, data: known.data, timeout: known.timeout });
      return true;
    case "rename":
      if (known.isRunning || sandboxes.has(action.other)) return false;
      sandboxes.delete(action.name);
      sandboxes.set(action.other, known);
      return true;
    case "snapshot":
      return (
        !known.snapshots.has(action.other) &&
        put({ snapshots: new Map([...known.snapshots, [action.other, known.data]]) })
      );
    case "rollback": {
      const data = known.snapshots.get(action.other);
      return data !== undefined && !known.isRunning && put({ data });
    }
    case "delete-snapshot":
      return (
        known.snapshots.has(action.other) &&
        put({ snapshots: new Map([...known.snapshots].filter(([each]) => each !== action.other)) })
      );
    case "export":
      if (known.isRunning || archives.has(action.other)) return false;
      archives.set(action.other, { data: known.data, timeout: known.timeout });
      return true;
  }
}

/** The words of an action after `sandboxcontainer`; what is inside for `write`. */
export function wordsOf(action: Action): readonly string[] {
  const { verb, name } = action;
  switch (verb) {
    case "create":
      return [verb, name, "--", "/usr/bin/sleep", "infinity"];
    case "delete":
      return [verb, "--force", name];
    case "snapshot":
      return [verb, "--running", name, action.other];
    case "clone":
    case "rename":
    case "rollback":
    case "delete-snapshot":
      return [verb, name, action.other];
    case "export":
      return [verb, name, `/root/model/${action.other}`];
    case "import":
      return [verb, `/root/model/${action.other}`, name];
    case "set":
      return [verb, name, `TimeoutStopSec=${action.text}`];
    case "write":
      return ["execute", name, "--", "sh", "-c", 'printf %s "$0" >/srv/data', action.text];
    case "start":
    case "stop":
    case "restart":
    case "enable":
    case "disable":
      return [verb, name];
  }
}
