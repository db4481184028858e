import { failed, type Finding, ok, warning } from "../doctor/check.ts";
import type { Node } from "./describe-node.ts";

/** Compares what has to be alike on two hosts between which sandboxes move. `there` is the name of the other. */
export function compareNodes(own: Node, peer: Node, there: string): readonly Finding[] {
  return [
    compareVersions(own, peer, there),
    compareMachines(own, peer, there),
    compareControls(own, peer, there),
    comparePackages(own, peer, there),
    compareFiles(own, peer, there),
    compareSandboxes(own, peer),
  ];
}

function compareVersions(own: Node, peer: Node, there: string): Finding {
  const check = "peer: version";
  return own.version === peer.version
    ? ok(check, own.version)
    : warning(check, `${own.version} here, ${peer.version} on ${there}`, "Install the same version on both");
}

/** Roots, ids and levels are prepared again on another machine-id, and only there. */
function compareMachines(own: Node, peer: Node, there: string): Finding {
  const check = "peer: machine-id";
  return own.machineId === peer.machineId
    ? failed(
        check,
        `${there} has the machine-id of this host, so nothing is prepared again after a move`,
        `On a host that was copied: rm /etc/machine-id && systemd-machine-id-setup, and reboot`,
      )
    : ok(check, "they differ, as they should");
}

function compareControls(own: Node, peer: Node, there: string): Finding {
  const check = "peer: access control";
  return own.control === peer.control
    ? ok(check, own.control ?? "none")
    : warning(
        check,
        `${own.control ?? "none"} here, ${peer.control ?? "none"} on ${there}`,
        "A move to a host with another one labels all files again. Use the same on both",
      );
}

const most = 5;
const list = (differences: readonly string[]): string =>
  [...differences.slice(0, most), ...(differences.length > most ? [`and ${differences.length - most} more`] : [])].join(
    "; ",
  );

// The other host chose the names, and `constructor` is a property of every object.
const ownValue = (record: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** Only the packages that roots are made of are compared. */
function comparePackages(own: Node, peer: Node, there: string): Finding {
  const check = "peer: packages";
  const used = new Set(
    [own, peer].flatMap(({ sandboxes }) => Object.values(sandboxes).flatMap((each) => each.packages)),
  );
  const differences = [...used].sort().flatMap((name) => {
    const [here, other] = [ownValue(own.packages, name), ownValue(peer.packages, name)];
    return here === other
      ? []
      : [`${name} is ${here ?? "not installed"} here, ${other ?? "not installed"} on ${there}`];
  });
  return differences.length === 0
    ? ok(check, `${used.size} packages of sandboxes have the same versions`)
    : warning(check, list(differences), "Install and upgrade the same packages on both");
}

function compareFiles(own: Node, peer: Node, there: string): Finding {
  const check = "peer: confs and policy";
  const paths = [...new Set([own, peer].flatMap(({ files }) => Object.keys(files)))].sort();
  const differences = paths.flatMap((path) => {
    const [here, other] = [ownValue(own.files, path), ownValue(peer.files, path)];
    if (here === other) return [];
    return [
      here === undefined
        ? `${path} is only on ${there}`
        : other === undefined
          ? `${path} is only here`
          : `${path} differs`,
    ];
  });
  return differences.length === 0
    ? ok(check, `${paths.length} files and modules are the same`)
    : warning(check, list(differences), "Copy what belongs to sandboxes that move, and run systemctl daemon-reload");
}

function compareSandboxes(own: Node, peer: Node): Finding {
  const check = "peer: sandboxes";
  const shared = Object.keys(own.sandboxes).filter((name) => {
    const [here, other] = [own.sandboxes[name]?.uuid, peer.sandboxes[name]?.uuid];
    return typeof here === "string" && typeof other === "string";
  });
  const others = shared.filter((name) => own.sandboxes[name]?.uuid !== peer.sandboxes[name]?.uuid);
  return others.length === 0
    ? ok(check, `${shared.length} are there on both, as copies`)
    : warning(
        check,
        `made separately, so their accounts may have other ids and their addresses differ: ${others.join(", ")}`,
        "Keep the one with the data that you need: export it, delete the other, and import it there",
      );
}
