import { formatSetting, type Setting } from "./service-settings.ts";

/** A setting that cannot work, and the value that turns it off. */
export interface Cleared {
  readonly setting: Setting;
  readonly neutral: string;
}

/**
 * Renders the drop-in that turns settings off and keeps all others. An empty value resets every line of its key, so the
 * lines that work are repeated. inside/ready reads the `# was:` lines back for the host.
 */
export function renderCleared(unit: string, cleared: readonly Cleared[], all: readonly Setting[]): string {
  const gone = cleared.map(({ setting }) => setting);
  const neutrals = new Map(cleared.map(({ setting, neutral }) => [setting.key, neutral]));
  const lines = [...neutrals].flatMap(([key, neutral]) => [
    `${key}=${neutral}`,
    ...(neutral === "" ? all.filter((each) => each.key === key && !gone.includes(each)).map(formatSetting) : []),
  ]);
  return [
    `# Settings of ${unit} that cannot work in this sandbox, found by trying each alone. Remove this file to have them tried again.`,
    ...gone.map((setting) => `# was: ${formatSetting(setting)}`),
    "[Service]",
    ...lines,
    "",
  ].join("\n");
}
