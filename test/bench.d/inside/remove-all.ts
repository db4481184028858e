import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { attempt, isInstalled, run } from "./command.ts";
import { memory, prefix, work } from "./places.ts";
import { unmask } from "./reload.ts";

// Removes directly what `sandboxcontainer delete` would also remove, but with a daemon-reload for each.
const folders = [
  "/etc/sandboxcontainer",
  "/etc/systemd/system",
  "/etc/containers/systemd",
  "/run",
  "/var/lib/sandboxcontainer",
];

/** Removes everything that the bench made in the bed, wherever it was interrupted. */
export function removeAll(): void {
  attempt("systemctl", "stop", `${prefix}*`, `sandbox@${prefix}*`);
  for (const domain of attempt("virsh", "--connect", "lxc:///system", "list", "--name").split("\n")) {
    if (domain.startsWith(prefix)) attempt("virsh", "--connect", "lxc:///system", "destroy", domain);
  }
  removeContainers();
  for (const verb of ["net-destroy", "net-undefine"])
    attempt("virsh", "--connect", "lxc:///system", verb, `${prefix}lab`);
  attempt("ip", "netns", "delete", `${prefix}web`);
  attempt("ip", "link", "delete", `${prefix}clients`);
  attempt("systemctl", "stop", "apache2.service");
  rmSync("/var/www/html/bench-file", { force: true });
  for (const mount of listMounts()) attempt("umount", "--lazy", mount);
  for (const folder of folders) {
    for (const name of namesIn(folder)) rmSync(join(folder, name), { recursive: true });
  }
  unmask();
  rmSync(work, { recursive: true, force: true });
  rmSync(memory, { recursive: true, force: true });
  run("systemctl", "daemon-reload");
  attempt("systemctl", "reset-failed", `${prefix}*`, `sandbox@${prefix}*`);
}

function removeContainers(): void {
  const ids = attempt("podman", "ps", "--all", "--quiet", `--filter=name=${prefix}`).split("\n").filter(Boolean);
  if (ids.length > 0) attempt("podman", "rm", "--force", "--time=0", ...ids);
  attempt("podman", "rmi", "--force", `localhost/${prefix}image`);
  if (!isInstalled("lxc-ls")) return;
  for (const name of attempt("lxc-ls", "-1")
    .split("\n")
    .filter((each) => each.startsWith(prefix))) {
    attempt("lxc-destroy", "--force", `--name=${name}`);
  }
}

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(prefix)) : [];

// The innermost mount comes first.
const listMounts = (): readonly string[] =>
  run("findmnt", "--noheadings", "--raw", "--output", "TARGET")
    .split("\n")
    .filter((path) => path.startsWith(`${work}/`) || path.startsWith(`/run/systemd/nspawn/unix-export/${prefix}`))
    .reverse();
