import { type Conf, imageMountUnit } from "../../conf/conf.ts";
import type { Output } from "../output.ts";
import { renderNeeds } from "./render-conditions.ts";
import { dropInPath, renderOrigin, renderSource } from "./render-instance.ts";

/** Renders the mount unit for Image=, and the drop-in that tells sandbox-image@.service the size. */
export function renderImage(conf: Conf): readonly Output[] {
  const { Image: bytes, name } = conf;
  const needs = renderNeeds(conf);
  const unit = needs.length === 0 ? "" : `[Unit]\n${needs.join("\n")}\n\n`;
  if (bytes === undefined) return [];
  return [
    { kind: "file", path: imageMountUnit(name), text: renderMount(conf) },
    {
      kind: "file",
      path: dropInPath(`sandbox-image@${name}.service`),
      text: `${renderOrigin(conf.files)}\n${unit}[Service]\nEnvironment=IMAGE_SIZE=${bytes}\n`,
    },
  ];
}

// No default dependencies: with them all services wait for the mount at boot, and so does the one that makes the image.
// No nosuid: only root can pass the folder above, so set-user-id programs are as safe in an image as in a folder.
function renderMount(conf: Conf): string {
  const { files, path, name } = conf;
  const state = `/var/lib/sandboxcontainer/${name}`;
  const needs = renderNeeds(conf);
  return `${renderOrigin(files)}
[Unit]
${renderSource(path)}
Description=Image of the root of sandbox ${name}
DefaultDependencies=no
Requires=sandbox-image@${name}.service
After=sandbox-image@${name}.service
Conflicts=umount.target
Before=umount.target
${needs.map((line) => `${line}\n`).join("")}
[Mount]
What=${state}/root.img
Where=${state}/image
Type=ext4
Options=loop,nodev,discard,errors=remount-ro
`;
}
