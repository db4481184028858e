import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { removeStamps } from "../../sandbox/populate/record-content.ts";
import { claimAll, type Taken } from "../claims.ts";
import type { Claim, StartPlan } from "../plan/start-plan.ts";
import { prepareRoot } from "./configure-packages.ts";

/** Its actions on the host. Unit tests replace them. */
export interface ClaimHost {
  readonly claim: (name: SandboxName, claims: readonly Claim[]) => Promise<Taken | undefined>;
  /** Makes the steps before a start choose again. Throws a SandboxError if they cannot. */
  readonly prepareAnew: (name: SandboxName) => Promise<void>;
  readonly warn: (text: string) => void;
}

const tries = 3;

/**
 * Takes what the plan claims for the sandbox alone, and resolves to the plan. If another that runs has it, the steps before the
 * start are done again: they choose others, or say why they may not.
 */
export async function settleClaims(
  name: SandboxName,
  readPlan: () => Promise<StartPlan>,
  host: ClaimHost = ownHost,
): Promise<StartPlan> {
  for (let count = 0; ; count++) {
    const plan = await readPlan();
    const taken = await host.claim(name, plan.claims);
    if (taken === undefined) return plan;
    const what = `${taken.claim.replace("-", " ")} of ${name}: sandbox ${taken.holder} runs with that`;
    if (count === tries)
      throw new SandboxError(what, {
        hint: taken.claim.startsWith("link-")
          ? "Stop it, or choose a larger LinkRange="
          : "Stop it, or set HostIds= and Level= of one of them",
      });
    host.warn(`${what}. Preparing ${name} again`);
    await host.prepareAnew(name);
  }
}

async function prepareAnew(name: SandboxName): Promise<void> {
  removeStamps(name);
  await prepareRoot(name);
}

const ownHost: ClaimHost = { claim: claimAll, prepareAnew, warn: printWarning };
