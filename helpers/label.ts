import { labelSandbox } from "./run/label-sandbox.ts";
import { runStep } from "./run/run-step.ts";

// label NAME: the second step of sandbox-root@NAME.service.
void runStep(labelSandbox);
