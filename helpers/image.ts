import { parseSandboxName } from "../generator/conf/sandbox-name.ts";
import { runHelper } from "./host/run-helper.ts";
import { parseImageSize, provideImage } from "./sandbox/image/provide-image.ts";

// image NAME: ExecStart= of sandbox-image@NAME.service. The generated drop-in sets IMAGE_SIZE.
void runHelper(async ([name = ""]) => {
  await provideImage(parseSandboxName(name), parseImageSize(process.env["IMAGE_SIZE"]));
});
