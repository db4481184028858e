import { prepareSandbox } from "./run/prepare/prepare-sandbox.ts";
import { runStep } from "./run/run-step.ts";

// prepare NAME: the last step of sandbox-root@NAME.service.
void runStep(prepareSandbox);
