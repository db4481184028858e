import type { SandboxName } from "./sandbox-name.ts";

/** The unit that mounts the image of a sandbox. Its name is the path, escaped as systemd-escape(1) does. */
export const imageMountUnit = (name: SandboxName): string =>
  `var-lib-sandboxcontainer-${name.replaceAll("-", "\\x2d")}-image.mount`;
