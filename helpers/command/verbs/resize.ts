import { existsSync, statfsSync, statSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { confFile, imageFile, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { formatSize } from "../../../base/text.ts";
import { loadConf, loadConfText } from "../../../conf/load-conf.ts";
import { parseImage } from "../../../conf/values/kinds.ts";
import { ValueError } from "../../../conf/values/values.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import { requireWhole } from "../../sandbox/hold/unfinished.ts";
import { hasImage, mountImage, unmountImage } from "../../sandbox/image/mount-image.ts";
import { growMountedImage, resizeImage } from "../../sandbox/image/resize-image.ts";
import { isActive } from "../../sandbox/require-stopped.ts";
import { writeValues } from "../conf/edit-conf-text.ts";
import { readOwnConf, replaceConf } from "../conf/replace-conf.ts";
import { print, printJson, withProgress } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "resize",
  group: "Change",
  summary: "resize the image of a sandbox to SIZE, or to the size in its conf; SIZE is also written to the conf",
  places: { "<name>": "sandbox", "[size]": "any" },
  json: `{ name: string; bytes: number; before: number }`,
  examples: ["resize db 300M"],
  run: resizeSandbox,
};

async function resizeSandbox(text: string, size: string | undefined, options: { json?: boolean }): Promise<void> {
  const wanted = size === undefined ? undefined : parseImageSize(size);
  const name = requireSandbox(text);
  requireImage(name);
  const before = statSync(imageFile(name)).size;
  const bytes = wanted ?? loadConf(name).Image ?? before;
  using systemd = await connectSystemd();
  await withHeld(systemd, [name], async () => {
    requireWhole(name);
    const resize = () =>
      withProgress(
        `Resizing ${name}`,
        () => resizeTo(systemd, name, bytes),
        () => "The same command again does the rest",
      );
    // If the size in the conf already means these bytes, we keep the administrator's spelling.
    if (loadConf(name).Image === bytes) await resize();
    else {
      const old = readOwnConf(name);
      await withConf(name, old, writeValues(old, "Sandbox", "Image", [size ?? formatSize(bytes)]), bytes, resize);
      await systemd.reload();
      await recordEvent(name, { event: "changed", keys: ["Image"] });
    }
  });
  if (options.json === true) printJson({ name, bytes, before });
  else print(`The image of ${name} is now ${formatSize(bytes)}; it was ${formatSize(before)}`);
}

/** Replaces the conf, and then resizes the image. If that fails, the conf becomes what it was. */
async function withConf(
  name: SandboxName,
  old: string,
  text: string,
  bytes: number,
  resize: () => Promise<void>,
): Promise<void> {
  requireEffect(name, text, bytes);
  replaceConf(name, text);
  try {
    await resize();
  } catch (error) {
    replaceConf(name, old);
    throw error;
  }
}

function parseImageSize(text: string): number {
  try {
    return parseImage(text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new SandboxError(`\`${text}\`: ${error.message}`, { status: 2 });
  }
}

function requireImage(name: SandboxName): void {
  // First check that we can change the conf.
  readOwnConf(name);
  if (hasImage(name)) return;
  throw new SandboxError(`the root of ${name} is a folder, so it has no size of its own`, {
    hint: existsSync(stateDirectory(name))
      ? `Clone it into a sandbox with an image: sandboxcontainer clone ${name} NEW --imagesize SIZE`
      : `Make it: systemctl start sandbox-root@${name}.service`,
  });
}

async function resizeTo(systemd: Systemd, name: SandboxName, bytes: number): Promise<void> {
  const image = imageFile(name);
  const { bavail, bsize } = statfsSync(stateDirectory(name));
  const isRunning = await isActive(systemd, name);
  const way = planResize({ name, size: statSync(image).size, wanted: bytes, free: bavail * bsize, isRunning });
  if (way === "mounted") return growMountedImage(image, bytes);
  await unmountImage(systemd, name);
  try {
    await resizeImage(image, bytes);
  } finally {
    await mountImage(systemd, name);
  }
}

/** What is known before an image is resized. Sizes are bytes. */
interface ResizeFacts {
  readonly name: SandboxName;
  readonly size: number;
  readonly wanted: number;
  /** What the disk has left for the image. */
  readonly free: number;
  readonly isRunning: boolean;
}

/** Decides whether an image is resized while it is mounted or while it is not. Throws a SandboxError if it cannot be. */
export function planResize({ name, size, wanted, free, isRunning }: ResizeFacts): "mounted" | "unmounted" {
  if (wanted - size > free)
    throw new SandboxError(
      `the larger image does not fit into ${stateDirectory(name)}: its disk has ${formatRough(free)} free, and the image needs ${formatRough(wanted - size)} more`,
      { hint: "Free some space, or choose a smaller size" },
    );
  if (!isRunning) return "unmounted";
  if (wanted >= size) return "mounted";
  throw new SandboxError(
    `sandbox ${name} is running, and an image can only be made smaller while its sandbox is stopped`,
    { hint: `Stop it first: systemctl stop sandbox@${name}` },
  );
}

// A drop-in with another size wins over the conf.
function requireEffect(name: SandboxName, text: string, bytes: number): void {
  const { Image: said, origins } = loadConfText(name, confFile(name), text).conf;
  if (said === bytes) return;
  const { path = "", line = 0 } = origins.Image?.[0] ?? {};
  throw new SandboxError(
    `${path}:${line} sets another size than ${formatSize(bytes)}, and wins over the conf of ${name}`,
    {
      hint: "Nothing was changed. Change it there, and run resize without a size",
    },
  );
}

const formatRough = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)}G`;
