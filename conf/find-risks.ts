import { type Conf, type Origin, originOf } from "./conf.ts";
import { findCredentialRisks } from "./find-credential-risks.ts";
import { hasInterface } from "./values/network.ts";
import { describePublish, isOnLoopback } from "./values/publish.ts";

/** Settings that are allowed, but give something up. */
export interface Risk {
  /** The first of its lines. */
  readonly origin: Origin;
  readonly text: string;
}

/** Finds what a conf gives up, perhaps unintended. With `before`, only what that conf did not give up yet. */
export function findRisks(conf: Conf, before?: Conf): readonly Risk[] {
  const isNew = (key: "Publish" | "Mount", index: number): boolean =>
    before?.[key].some((value) => JSON.stringify(value) === JSON.stringify(conf[key][index])) !== true;
  return [
    ...(conf.Network.kind === "host" && before?.Network.kind !== "host" ? [hostNetwork(conf)] : []),
    ...publishedToAll(conf, (index) => before?.PublishBy !== "proxy" || isNew("Publish", index)),
    ...conf.Mount.flatMap((mount, index): readonly Risk[] =>
      mount.kind === "host-bind" && mount.suid && isNew("Mount", index)
        ? [
            {
              origin: originOf(conf, "Mount", index),
              text: `Mount=host-bind,suid gives up a wall: users of this host who can reach ${mount.source} can run set-user-id files that root inside leaves there`,
            },
          ]
        : [],
    ),
    ...findCredentialRisks(conf, before),
  ];
}

/** The risk with the place of its first line: `path:line: …`. */
export const describeRisk = ({ origin: { path, line }, text }: Risk): string => `${path}:${line}: ${text}`;

const hostNetwork = (conf: Conf): Risk => ({
  origin: originOf(conf, "Network", 0),
  text: "Network=host gives up a wall: processes inside can reach everything that listens on this host, including loopback and abstract sockets",
});

// The proxy of a published port connects on the sandbox's loopback (render-published.ts). The kernel keeps the client's
// address, and the PROXY protocol tells it.
function publishedToAll(conf: Conf, isNew: (index: number) => boolean): readonly Risk[] {
  if (conf.PublishBy !== "proxy") return [];
  const values = [...conf.Publish.keys()].filter((index) => {
    const port = conf.Publish[index];
    return port !== undefined && !isOnLoopback(port) && !port.proxyProtocol && isNew(index);
  });
  const ports = conf.Publish.filter((_, index) => values.includes(index));
  const [first] = ports;
  if (first === undefined) return [];
  const own = hasInterface(conf.Network)
    ? "let them use the sandbox's own address instead"
    : "give the sandbox an address of its own (Network=)";
  return [
    {
      origin: originOf(conf, "Publish", values[0] ?? 0),
      text: `${ports.map((port) => `Publish=${describePublish(port)}`).join(" ")}: clients from anywhere appear inside as 127.0.0.1, and services often trust that. Remove PublishBy=proxy, ${own}, or publish for this host only: Publish=${describePublish({ ...first, address: "127.0.0.1" })}`,
    },
  ];
}
