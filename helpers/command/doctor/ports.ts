import { type Check, failed, type Host, ok, warning } from "./check.ts";

const check = "ports";

/** Checks that clients can reach what the kernel leads to, and that the rules for it are there. */
export const checkPorts: Check = async (host) => {
  const { names, lost, local, shadowed } = host.sandboxes.ports;
  const [first] = names;
  if (first === undefined) return ok(check, "none that the kernel leads to");
  if ((await host.run("nft", "--version")) === undefined)
    return failed(
      check,
      `nft is missing, so ${describe(names)} cannot start`,
      "Install nftables, or set PublishBy=proxy in the conf",
    );
  if (lost.length > 0)
    return failed(
      check,
      `a firewall has removed rules of ${describe(lost)}: nobody reaches them, and their links have no walls`,
      "systemctl restart sandboxcontainer-ports",
    );
  const [hidden] = shadowed;
  if (hidden !== undefined) return warning(check, hidden, "Stop that program, or change Publish= in the conf");
  const dropping = await findDropping(host);
  if (dropping !== undefined)
    return warning(
      check,
      `${dropping} drops what is forwarded, perhaps also what leads to sandboxes`,
      `Let it accept \`ct status dnat\`; see sandboxcontainer-ports(7)`,
    );
  if (/^\s*StrictForwardPorts\s*=\s*yes/im.test(host.read("/etc/firewalld/firewalld.conf") ?? ""))
    return warning(
      check,
      "firewalld drops what leads to sandboxes: StrictForwardPorts=yes",
      "Set it to no in /etc/firewalld/firewalld.conf, and run: firewall-cmd --reload",
    );
  const [unreached] = local;
  if (unreached !== undefined) return warning(check, unreached, "See sandboxcontainer-ports(7)");
  return ok(check, `the kernel leads to ${describe(names)}`);
};

const describe = ([first = "", ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`;

/** A chain of somebody else that drops forwarded packets, unless it accepts those that a port leads to. */
async function findDropping({ run }: Host): Promise<string | undefined> {
  const ruleset = (await run("nft", "list", "ruleset")) ?? "";
  for (const table of ruleset.split(/^(?=table )/m)) {
    const chains = table.split(/^(?=\tchain )/m);
    const chain = chains.find(
      (text) =>
        text.includes("hook forward") && text.includes("policy drop;") && !/ct status .*dnat.* accept/.test(text),
    );
    const name = /^\tchain (\S+)/.exec(chain ?? "")?.[1];
    if (name !== undefined) return `the chain ${name} of nft's ${/^table (\w+ \S+)/.exec(table)?.[1] ?? "table"}`;
  }
  return undefined;
}
