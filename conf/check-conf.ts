import { ConfError } from "../base/errors.ts";
import { findNearest } from "../base/text.ts";
import { checkNetwork } from "./check-network.ts";
import { checkTimer } from "./check-timer.ts";
import type { Conf } from "./conf.ts";
import { checkCredentials } from "./credentials.ts";
import { dependentsOf, type SettingName } from "./settings.ts";
import { isByKernel, publishSamePlace } from "./values/publish.ts";
import { parseUnitName, ValueError } from "./values/values.ts";

/** Finds errors in the combination of settings that are each correct. */
export function checkConf(conf: Conf, known: readonly ConfError[]): readonly ConfError[] {
  const at = (key: SettingName, index: number, message: string, hint?: string): ConfError =>
    new ConfError({ path: conf.path, ...conf.origins[key]?.[index], key }, message, hint);
  return [
    ...checkContent(conf, at, known),
    ...checkNetwork(conf, at),
    ...checkPublish(conf, at),
    ...checkLinkRange(conf, at),
    ...checkDemand(conf, at),
    ...checkMounts(conf, at),
    ...checkIdentity(conf, at),
    ...checkInstall(conf),
    ...checkTimer(conf, known),
    ...checkCredentials(conf),
  ];
}

type At = (key: SettingName, index: number, message: string, hint?: string) => ConfError;

const ofCommands = dependentsOf("Exec");

function checkContent(conf: Conf, at: At, known: readonly ConfError[]): readonly ConfError[] {
  if (conf.Exec !== undefined) {
    return conf.Unit.length > 0 ? [at("Exec", 0, "Exec= and Unit= cannot be used together", "Make two sandboxes")] : [];
  }
  const forExec = ofCommands.flatMap((key) =>
    conf[key] === undefined
      ? []
      : [at(key, 0, `${key}= works only with Exec=`, "A unit has its own User=, Group= and Environment=HOME=")],
  );
  if (conf.Unit.length > 0) return forExec;
  // If one of these lines could not be read, that error says enough.
  if (known.some((error) => error.line === undefined || isContent(error.key))) return [];
  return [
    ...forExec,
    new ConfError(
      { path: conf.path },
      "nothing to run: there is neither Unit= nor Exec=",
      "Add Unit=NAME.service to section [Sandbox]",
    ),
  ];
}

/** Whether a key is, or was perhaps meant to be, one of those that say what runs. */
const isContent = (key: string | undefined): boolean =>
  key !== undefined && findNearest(key, ["Unit", "Exec"]) !== undefined;

function checkMounts({ Mount: mounts }: Conf, at: At): readonly ConfError[] {
  return mounts.flatMap(({ target }, index) =>
    mounts.findIndex((other) => other.target === target) < index
      ? [at("Mount", index, `Mount=: something is already mounted on ${target}`)]
      : [],
  );
}

function checkIdentity(conf: Conf, at: At): readonly ConfError[] {
  return [
    ...(conf.HostIds !== undefined && !conf.UserNamespace
      ? [at("HostIds", 0, "HostIds= cannot be used with UserNamespace=no", "Remove one of them")]
      : []),
    ...(conf.Level !== undefined && conf.Label.kind === "static"
      ? [at("Level", 0, "Level= cannot be used with a whole label in Label=", "Remove one of them")]
      : []),
  ];
}

function checkPublish(conf: Conf, at: At): readonly ConfError[] {
  return conf.Publish.flatMap((port, index) => {
    if (conf.Network.kind === "host")
      return [at("Publish", index, "Publish= cannot be used with Network=host", "Remove one of them")];
    const earlier = conf.Publish.slice(0, index).find((other) => publishSamePlace(port, other));
    if (earlier !== undefined) {
      const first = Math.max(port.hostPort, earlier.hostPort);
      return [at("Publish", index, `Publish=: port ${first} of the host is already published`)];
    }
    if (port.count > maxSocketsOfRange && (conf.OnDemand || !isByKernel(conf, port)))
      return [
        at(
          "Publish",
          index,
          `Publish=: each port needs a socket of systemd here, and at most ${maxSocketsOfRange} are allowed in a range`,
          "Without OnDemand=yes and PublishBy=proxy, and not on the host's loopback, the kernel leads to them",
        ),
      ];
    if (port.protocol === "udp" && conf.PublishBy === "proxy")
      return [
        at("Publish", index, "Publish=: UDP has no connections that a proxy could pass on", "Remove PublishBy=proxy"),
      ];
    return [];
  });
}

// Each is two units, and a proxy while it is used.
const maxSocketsOfRange = 100;

function checkLinkRange({ LinkRange: ranges }: Conf, at: At): readonly ConfError[] {
  return ranges.flatMap(({ family }, index) =>
    ranges.findIndex((other) => other.family === family) < index
      ? [at("LinkRange", index, `LinkRange=: there is already a range for IPv${family}`, "Keep one of them")]
      : [],
  );
}

// libvirt passes 32 open files with a call (VIR_NET_MESSAGE_NUM_FDS_MAX in its virnetprotocol.x).
const maxSockets = 32;

function checkDemand(conf: Conf, at: At): readonly ConfError[] {
  const hasPort = conf.Publish.length + conf.Listen.length > 0;
  return [
    ...(conf.OnDemand && !hasPort
      ? [at("OnDemand", 0, "OnDemand=: there is no port to connect to", "Add Publish=HOSTPORT:PORT or Listen=PORT")]
      : []),
    ...(conf.IdleStopSec !== undefined && !conf.OnDemand
      ? [at("IdleStopSec", 0, "IdleStopSec=: nothing would start the sandbox again", "Add OnDemand=yes")]
      : []),
    ...(conf.IdleStopSec !== undefined && conf.Listen.length > 0
      ? [
          at(
            "IdleStopSec",
            0,
            "IdleStopSec= cannot see connections to Listen= ports",
            "Use Publish= for every port, or remove IdleStopSec=",
          ),
        ]
      : []),
    ...conf.Listen.flatMap((port, index) =>
      [...conf.Publish, ...conf.Listen.slice(0, index)].some((other) => publishSamePlace(port, other))
        ? [at("Listen", index, `Listen=: port ${port.hostPort} is already used in this conf`)]
        : [],
    ),
    ...(conf.Listen.length > maxSockets
      ? [at("Listen", maxSockets, `Listen=: at most ${maxSockets} sockets are allowed`)]
      : []),
  ];
}

function checkInstall(conf: Conf): readonly ConfError[] {
  return conf.passThrough.Install.flatMap((line) =>
    [...line.value.matchAll(/\S+/g)].flatMap(([unit]) => {
      try {
        parseUnitName(unit);
        return [];
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
        return [new ConfError(line, `${line.key}=${unit.slice(0, 80)}: ${error.message}`)];
      }
    }),
  );
}
