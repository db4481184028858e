import type { SandboxName } from "../../../base/sandbox-name.ts";
import { hashConf } from "../../../conf/conf-hash.ts";
import type { Conf } from "../../../conf/conf.ts";
import { withGeneratedWants } from "../../host/systemd/unit-files.ts";

/** A conf's settings for the tree of its sandbox. */
export interface Population {
  readonly name: SandboxName;
  readonly units: readonly string[];
  /** The program of Exec=. */
  readonly executable: string | undefined;
  readonly packages: readonly string[];
  readonly copy: boolean;
  readonly kept: "folder" | "image";
  readonly userNamespace: boolean;
  /** HostIds=: the first of its ids on the host. */
  readonly hostIds: number | undefined;
  readonly hash: string;
}

export const populationOf = (conf: Conf): Population => ({
  name: conf.name,
  units: withGeneratedWants(conf.Unit),
  executable: conf.Exec?.words[0],
  packages: conf.Package,
  copy: conf.Copy,
  kept: conf.Image === undefined ? "folder" : "image",
  userNamespace: conf.UserNamespace,
  hostIds: conf.HostIds,
  hash: hashConf(conf),
});
