import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { run } from "../../host/run.ts";
import type { Node } from "./describe-node.ts";

/**
 * Reads what `sandboxcontainer doctor --describe` says on another host, as root there, over ssh(1) without a password.
 * Throws a SandboxError.
 */
export async function askPeer(peer: string): Promise<Node> {
  if (!/^(?!-)[A-Za-z0-9_.:@%[\]-]+$/.test(peer))
    throw new SandboxError(`\`${peer}\` is not the name of a host`, {
      hint: "Name it as for ssh: HOST, or USER@HOST",
      status: 2,
    });
  const command = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "--", peer, "sandboxcontainer doctor --describe"];
  const { stdout } = await run("ssh", command, { timeout: 60_000 });
  const node = parseNode(stdout);
  if (node !== undefined) return node;
  throw new SandboxError(`${peer} did not describe itself`, { hint: `Try it: ssh ${peer} sandboxcontainer doctor` });
}

/** Parses the JSON of a Node; undefined for anything else. */
export function parseNode(text: string): Node | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isNode(value) ? value : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const hasTexts = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((each) => typeof each === "string");

function isNode(value: unknown): value is Node {
  if (!isRecord(value)) return false;
  const { version, machineId, control, packages, files, sandboxes } = value;
  return (
    typeof version === "string" &&
    typeof machineId === "string" &&
    (control === null || typeof control === "string") &&
    hasTexts(packages) &&
    hasTexts(files) &&
    isRecord(sandboxes) &&
    Object.values(sandboxes).every(
      (each) =>
        isRecord(each) &&
        (each["uuid"] === null || typeof each["uuid"] === "string") &&
        Array.isArray(each["packages"]) &&
        each["packages"].every((name) => typeof name === "string"),
    )
  );
}
