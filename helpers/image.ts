import { parseSandboxName } from "../base/sandbox-name.ts";
import { runHelper } from "./host/process/run-helper.ts";
import { parseImageSize, provideImage } from "./sandbox/image/make-image.ts";

// image NAME: ExecStart= of sandbox-image@NAME.service. The generated drop-in sets IMAGE_SIZE.
void runHelper(async ([name = ""]) => {
  await provideImage(parseSandboxName(name), parseImageSize(process.env["IMAGE_SIZE"]));
});
