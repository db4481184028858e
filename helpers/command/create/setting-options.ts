import type { Command } from "commander";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { type SettingName, settings } from "../../../generator/conf/settings.ts";
import { ValueError } from "../../../generator/conf/values/value-error.ts";
import { refuseContinued } from "../conf/parse-assignment.ts";
import { parseNetworkOption } from "./network-option.ts";
import type { SettingLine } from "./request.ts";

interface SettingOption {
  readonly flags: string;
  readonly help: string;
  /** Turns a value into lines of the conf. */
  readonly toLines: (value: string) => readonly SettingLine[];
}

const as =
  (key: SettingName) =>
  (value: string): readonly SettingLine[] => [{ key, value }];

// If virt-sandbox-service had the option, the letter is the same.
const options: readonly SettingOption[] = [
  {
    flags: "-P, --package <package>",
    help: "another package whose files in /etc and /var belong in the root; may repeat",
    toLines: as("Package"),
  },
  {
    flags: "-p, --publish <[address:]hostport:port[/udp]>",
    help: "publish a port; may repeat",
    toLines: as("Publish"),
  },
  {
    flags: "--listen <[address:]port>",
    help: "pass the socket of a port of the host to it; may repeat",
    toLines: as("Listen"),
  },
  {
    flags: "-N, --network <network>",
    help: "none, host, a libvirt network, or bridge:INTERFACE; also dhcp,source=NETWORK or address=…,route=…",
    toLines: parseNetworkOption,
  },
  {
    flags: "--address <address/length>",
    help: "its address in the network, or dhcp; may repeat",
    toLines: as("Address"),
  },
  {
    flags: "-m, --mount <kind:inside=what>",
    help: "host-bind:/srv/www=/data/www, host-bind,ro:/etc/motd=/etc/motd, host-image:/srv/www=/data/www.img, guest-bind:/var/www=/srv/www, ram:/cache=64M; may repeat",
    toLines: as("Mount"),
  },
  {
    flags: "-i, --imagesize <size>",
    help: "keep its root in an image of this size, such as 2G; the root cannot grow larger",
    toLines: as("Image"),
  },
  {
    flags: "-s, --security <label>",
    help: "dynamic, selinux, apparmor, none, an AppArmor profile, or an SELinux label: static,label=USER:ROLE:TYPE:LEVEL",
    toLines: as("Label"),
  },
  { flags: "-f, --filetype <type>", help: "the SELinux type of the files in its root", toLines: as("FileType") },
  { flags: "-U, --uid <user>", help: "the user that a command runs as, by number or name", toLines: as("User") },
  {
    flags: "--username <user>",
    help: "the same as --uid, for compatibility with virt-sandbox-service",
    toLines: as("User"),
  },
  { flags: "-G, --gid <group>", help: "the group that a command runs as, by number or name", toLines: as("Group") },
  { flags: "--homedir <folder>", help: "the home directory (HOME) of a command", toLines: as("Home") },
];

/** Adds the options that write settings. */
export function addSettingOptions(command: Command): Command {
  for (const { flags, help, toLines } of options) {
    command.option(
      flags,
      help,
      (value: string, before: readonly SettingLine[]) => [...before, ...checkLines(flags, value, toLines)],
      [],
    );
  }
  return command;
}

/** Returns the settings from these options, in the order of the table. */
export const readSettingLines = (values: Readonly<Record<string, unknown>>): readonly SettingLine[] =>
  options.flatMap(({ flags }) => (values[nameOf(flags)] ?? []) as readonly SettingLine[]);

const nameOf = (flags: string): string => /--([a-z]+)/.exec(flags)?.[1] ?? "";

// An error in a value names the option, because there is no conf yet whose line it could name.
function checkLines(flags: string, value: string, toLines: SettingOption["toLines"]): readonly SettingLine[] {
  refuseContinued(`--${nameOf(flags)}=${value}`, value);
  try {
    const lines = toLines(value);
    for (const line of lines) settings[line.key].parse(line.value);
    return lines;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new SandboxError(`--${nameOf(flags)}=${value}: ${error.message}`, { status: 2, cause: error });
  }
}
