import type { Conf } from "../conf/conf.ts";
import type { Output } from "../output.ts";
import { dropInPath, renderOrigin, renderSource } from "./render-instance.ts";
import { imageMountUnit } from "../conf/image-unit.ts";

/** Of a sandbox with Image=: the mount of the image, and what tells its maker the size. */
export function renderImage(conf: Conf): readonly Output[] {
  const { Image: bytes, name } = conf;
  if (bytes === undefined) return [];
  return [
    { kind: "file", path: imageMountUnit(name), text: renderMount(conf) },
    {
      kind: "file",
      path: dropInPath(`sandbox-image@${name}.service`),
      text: `${renderOrigin(conf.files)}\n[Service]\nEnvironment=IMAGE_SIZE=${bytes}\n`,
    },
  ];
}

// By default a mount is part of what all services wait for at boot, the maker of the image among them.
// Set-user-id programs mean in an image what they mean in a folder: no other user can pass the directory above.
function renderMount({ files, path, name }: Conf): string {
  const state = `/var/lib/sandboxcontainer/${name}`;
  return `${renderOrigin(files)}
[Unit]
${renderSource(path)}
Description=Image of the root of sandbox ${name}
DefaultDependencies=no
Requires=sandbox-image@${name}.service
After=sandbox-image@${name}.service
Conflicts=umount.target
Before=umount.target

[Mount]
What=${state}/root.img
Where=${state}/image
Type=ext4
Options=loop,nodev,discard,errors=remount-ro
`;
}
