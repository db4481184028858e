import { parseInterfaceAddress, parseIpAddress, parseMacAddress, parseRoute } from "./parse-address.ts";
import { parseCapability } from "./parse-capability.ts";
import { parseExec } from "./parse-exec.ts";
import { parseImage } from "./parse-image.ts";
import { labelWords, parseLabel } from "./parse-label.ts";
import { parseLinkRange } from "./parse-link-range.ts";
import { parseMount } from "./parse-mount.ts";
import { parseNetwork } from "./parse-network.ts";
import { parseListen, parsePublish } from "./parse-publish.ts";
import { parseSystemCallFilter } from "./parse-system-call-filter.ts";
import { ValueError } from "./value-error.ts";
import {
  parseAccount,
  parseBoolean,
  parseContentUnit,
  parseFileType,
  parseFilter,
  parseIdBase,
  parseLevel,
  parsePackage,
  parsePath,
  parseTimeSpan,
} from "./values.ts";

/** The kind of value that a setting takes. */
export interface ValueKind<Value> {
  /** As help spells it, such as `size`. */
  readonly takes: string;
  /** Parses the text after `=`. Throws a ValueError. */
  readonly parse: (text: string) => Value;
  /** Words that it takes, perhaps besides others. */
  readonly words: readonly string[];
}

const kind = <Value>(
  takes: string,
  parse: (text: string) => Value,
  words: readonly string[] = [],
): ValueKind<Value> => ({ takes, parse, words });

export const kinds = {
  address: kind("address", parseIpAddress),
  capability: kind("capability", parseCapability),
  command: kind("command", parseExec),
  fileType: kind("type", parseFileType),
  filter: kind("filter", parseFilter, ["none"]),
  folder: kind("folder", parsePath),
  group: kind("group", parseAccount),
  ids: kind("id", parseIdBase),
  interfaceAddress: kind("address/length", parseInterfaceAddress, ["dhcp"]),
  label: kind("label", parseLabel, labelWords),
  level: kind("level", parseLevel),
  linkRange: kind("subnet", parseLinkRange),
  listen: kind("[address:]port", parseListen),
  macAddress: kind("mac", parseMacAddress),
  mount: kind("kind:inside=what", parseMount),
  network: kind("network", parseNetwork),
  package: kind("package", parsePackage),
  publish: kind("[address:]hostport:port[/udp]", parsePublish),
  route: kind("subnet via gateway", parseRoute),
  size: kind("size", parseImage),
  systemCalls: kind("calls", parseSystemCallFilter),
  timeSpan: kind("time", parseTimeSpan),
  unit: kind("unit", parseContentUnit),
  user: kind("user", parseAccount),
  yesNo: kind("yes-no", parseBoolean, ["yes", "no"]),
} as const;

/** One of these words. */
export const oneOf = <const Word extends string>(...words: readonly Word[]): ValueKind<Word> =>
  kind(
    words.join("|"),
    (text) => {
      const word = words.find((each) => each === text);
      if (word !== undefined) return word;
      throw new ValueError(`expected ${words.join(" or ")}`);
    },
    words,
  );
