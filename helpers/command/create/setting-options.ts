import { SandboxError } from "../../../base/errors.ts";
import { type SettingName, settingNames, settings, uniqueAs } from "../../../conf/settings.ts";
import { ValueError } from "../../../conf/values/values.ts";
import { kindOf } from "../completion/list-candidates.ts";
import { refuseContinued } from "../conf/assignments.ts";
import type { VerbOption } from "../verb.ts";
import type { SettingLine } from "./request.ts";

/** What says where a sandbox is reached. A copy takes options for it, because it cannot have the original's. */
export const placeSettings: readonly SettingName[] = [...uniqueAs("port"), ...uniqueAs("address")];

// What an option takes besides the values of the setting, and examples.
const moreHelp: Readonly<Partial<Record<SettingName, string>>> = {
  Mount:
    ": host-bind:/srv/www=/data/www, host-bind,ro:/etc/motd=/etc/motd, host-image:/srv/www=/data/www.img, guest-bind:/var/www=/srv/www, ram:/cache=64M",
  Network: "; also dhcp,source=NETWORK or address=…,route=…",
};

/** The options that write these settings. */
export const settingOptions = (keys = settingNames, more = ""): Readonly<Record<string, VerbOption>> =>
  Object.fromEntries(
    keys.flatMap((key) =>
      settings[key].options.map((names, index) => {
        const same = `the same as --${nameOf(key)}, for compatibility with virt-sandbox-service`;
        const help = index === 0 ? describe(key, `${moreHelp[key] ?? ""}${more}`) : same;
        return [`${names} <${settings[key].takes}>`, { help, takes: kindOf(settings[key].takes), repeats: true }];
      }),
    ),
  );

/** Returns the lines that these options write, in the order of the settings. Throws a SandboxError. */
export const readSettingLines = (
  values: Readonly<Record<string, unknown>>,
  keys = settingNames,
): readonly SettingLine[] =>
  keys.flatMap((key) =>
    settings[key].options.flatMap((_, index) => {
      const name = nameOf(key, index);
      return ((values[name] ?? []) as readonly string[]).flatMap((value) => checkLines(key, name, value));
    }),
  );

const nameOf = (key: SettingName, index = 0): string =>
  /--([a-z]+)/.exec(settings[key].options[index] ?? "")?.[1] ?? "";

/** The help of a setting as that of an option. */
function describe(key: SettingName, more: string): string {
  const help = settings[key].help.replace(/(; may repeat)?\.$/, `${more}$1`);
  return `${help.charAt(0).toLowerCase()}${help.slice(1)}`;
}

// An error in a value names the option, because there is no conf yet whose line it could name.
function checkLines(key: SettingName, option: string, value: string): readonly SettingLine[] {
  refuseContinued(`--${option}=${value}`, value);
  try {
    const lines = key === "Network" ? parseNetworkOption(value) : [{ key, value }];
    for (const line of lines) settings[line.key].parse(line.value);
    return lines;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new SandboxError(`--${option}=${value}: ${error.message}`, { status: 2, cause: error });
  }
}

/**
 * Parses the value of `--network`: a value of Network=, or a list in the form of virt-sandbox-service, such as
 * `dhcp,source=default` or `source=default,address=192.0.2.5/24,route=198.51.100.0/24%192.0.2.1,mac=52:54:00:00:00:01`.
 * Throws a ValueError.
 */
export function parseNetworkOption(text: string): readonly SettingLine[] {
  if (!/^dhcp$|[,=]/.test(text)) return [{ key: "Network", value: text }];
  const lines = text.split(",").map(parsePart);
  // virt-sandbox-service also used libvirt's default network by default.
  return lines.some(({ key }) => key === "Network") ? lines : [{ key: "Network", value: "default" }, ...lines];
}

function parsePart(part: string): SettingLine {
  if (part === "dhcp") return { key: "Address", value: "dhcp" };
  const [, name = "", value = ""] = /^([a-z]+)=(.+)$/.exec(part) ?? [];
  if (name === "source") return { key: "Network", value };
  if (name === "mac") return { key: "MacAddress", value };
  if (name === "route") return { key: "Route", value: value.replace("%", " via ") };
  // The broadcast address after the % follows from the subnet.
  if (name === "address") return { key: "Address", value: value.replace(/%.*$/, "") };
  throw new ValueError(`\`${part}\` is not dhcp, source=, address=, route= or mac=`);
}
