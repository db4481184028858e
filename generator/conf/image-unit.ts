import type { SandboxName } from "./sandbox-name.ts";

/** The unit that mounts the image of a sandbox: its name is the path, as systemd-escape(1) writes it. */
export const imageMountUnit = (name: SandboxName): string =>
  `var-lib-sandboxcontainer-${name.replaceAll("-", "\\x2d")}-image.mount`;
