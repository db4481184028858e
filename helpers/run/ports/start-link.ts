import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { parseSubnet, type Subnet, toBits } from "../../../generator/conf/values/parse-address.ts";
import { orMissing } from "../../host/or-missing.ts";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import type { Link } from "./plan-link.ts";

/**
 * Writes NAME=VALUE lines, for proxies and stop-idle too: `LINK` is where proxies connect, and `SOCKETS` the link's addresses
 * in the kernel's tables of sockets.
 */
export function renderStartLink({ device, mac, addresses, isSecond }: Link): string {
  const [first] = addresses;
  return [
    `DEVICE=${device}`,
    `MAC=${mac}`,
    `LINK=${first?.sandbox.text ?? ""}`,
    `ENDS=${addresses.map(({ sandbox, host }) => `${sandbox.text}/${sandbox.prefix},${host.text}/${host.prefix}`).join(" ")}`,
    `SOCKETS=${addresses.flatMap(({ sandbox }) => renderSocket(sandbox)).join("|")}`,
    `SECOND=${isSecond ? "yes" : "no"}`,
    "",
  ].join("\n");
}

// As in /proc/net/tcp and tcp6 (proc_pid_net(5)): words of this machine's byte order.
function renderSocket({ family, text }: Subnet): readonly string[] {
  const words = (bits: bigint, digits: number): string =>
    bits
      .toString(16)
      .toUpperCase()
      .padStart(digits, "0")
      .replaceAll(/(..)(..)(..)(..)/g, "$4$3$2$1");
  const own = words(toBits({ family, text }), family === 4 ? 8 : 32);
  return family === 4 ? [own, `0000000000000000FFFF0000${own}`] : [own];
}

/** Undefined for a sandbox without a link. */
export function readStartLink(name: SandboxName): Link | undefined {
  const text = orMissing(() => readFileSync(join(stateDirectory(name), "start/link"), "utf8"));
  return text === undefined ? undefined : parseStartLink(text);
}

export function parseStartLink(text: string): Link {
  const values = new Map(text.split("\n").map((line) => line.split("=", 2) as [string, string]));
  return {
    device: values.get("DEVICE") ?? "",
    mac: values.get("MAC") ?? "",
    addresses: (values.get("ENDS") ?? "")
      .split(" ")
      .filter(Boolean)
      .map((ends) => {
        const [sandbox = "", host = ""] = ends.split(",");
        return { sandbox: parseSubnet(sandbox), host: parseSubnet(host) };
      }),
    isSecond: values.get("SECOND") === "yes",
  };
}
