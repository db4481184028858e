import type { Conf, Publish } from "../../../generator/conf/conf.ts";
import { groupPorts, isByKernel, kernelPorts, listenUnit } from "../../../generator/conf/publish-groups.ts";
import { eachPort } from "../../../generator/conf/values/parse-publish.ts";
import type { AwaitedPort, StartPlan, StartSocket } from "../plan/start-plan.ts";
import type { Link } from "./plan-link.ts";
import { renderPorts } from "./port-rules.ts";
import type { TakenPort } from "./refuse-taken-ports.ts";

/** Plans what a start needs for Publish= and Listen=. */
export const planPorts = (conf: Conf, link: Link | null): Pick<StartPlan, "sockets" | "awaited" | "ports"> => ({
  sockets: listSockets(conf),
  awaited: conf.OnDemand ? listAwaited(conf) : [],
  // On demand systemd listens there, so nobody else can.
  ports: link === null ? null : { link, rules: renderPorts(conf, link), taken: conf.OnDemand ? [] : listTaken(conf) },
});

/** The ports of the host that lead to a sandbox. */
export const listTaken = (conf: Conf): readonly TakenPort[] =>
  kernelPorts(conf)
    .flatMap(eachPort)
    .map(({ protocol, hostPort, address = "*" }) => ({ protocol, port: hostPort, address }));

const listSockets = (conf: Conf): readonly StartSocket[] => [
  ...groupPorts(conf).map(({ unit, protocol, hostPort }) => ({ unit: `${unit}.socket`, protocol, port: hostPort })),
  ...conf.Listen.map(({ protocol, hostPort }) => ({ unit: listenUnit(conf.name), protocol, port: hostPort })),
];

function listAwaited(conf: Conf): readonly AwaitedPort[] {
  const describe = (port: Publish): AwaitedPort => ({
    protocol: port.protocol,
    port: port.port,
    byLink: isByKernel(conf, port),
  });
  const ports = conf.Publish.flatMap(eachPort).map(describe);
  return [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
}
