import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { printWarning } from "../../host/run-helper.ts";
import { removeStamps } from "../../sandbox/populate/stamp.ts";
import { claimAll, type Taken } from "../claims.ts";
import { prepareRoot } from "./prepare-root.ts";

/** Its actions on the host. Unit tests replace them. */
export interface ClaimHost {
  readonly claim: (name: SandboxName) => Promise<Taken | undefined>;
  /** Makes the steps before a start choose anew. Throws a SandboxError if they cannot. */
  readonly prepareAnew: (name: SandboxName) => Promise<void>;
  readonly warn: (text: string) => void;
}

const tries = 3;

/**
 * Takes the ids and the level of a sandbox for its own. If another that runs has them, the steps before the start are
 * done again: they choose others, or say why they may not.
 */
export async function settleClaims(
  name: SandboxName,
  requireReady: () => Promise<void>,
  host: ClaimHost = ownHost,
): Promise<void> {
  for (let count = 0; ; count++) {
    const taken = await host.claim(name);
    if (taken === undefined) return;
    const what = `${taken.claim.replace("-", " ")} of ${name}: sandbox ${taken.holder} runs with that`;
    if (count === tries)
      throw new SandboxError(what, {
        hint: taken.claim.startsWith("link-")
          ? "Stop it, or choose a larger LinkRange="
          : "Stop it, or set HostIds= and Level= of one of them",
      });
    host.warn(`${what}. Preparing ${name} anew`);
    await host.prepareAnew(name);
    await requireReady();
  }
}

async function prepareAnew(name: SandboxName): Promise<void> {
  removeStamps(name);
  await prepareRoot(name);
}

const ownHost: ClaimHost = { claim: claimAll, prepareAnew, warn: printWarning };
