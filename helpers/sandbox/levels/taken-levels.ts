import { existsSync, globSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rootDirectory } from "../../../generator/conf/paths.ts";
import { run } from "../../host/run.ts";
import { type Categories, parseLevels } from "./levels.ts";
import { readIfPossible } from "../../host/read-if-there.ts";

// Root's tools record the labels of their containers and machines in these files. Files of users are not read; their
// containers count while they run.
const records = [
  "etc/libvirt/{lxc,qemu}/*.xml",
  "run/libvirt/{lxc,qemu}/*.xml",
  "var/lib/containers/storage/*-containers/containers.json",
  "var/lib/docker/containers/*/config.v2.json",
  "etc/containers/systemd/*.container",
];

// The content of containers and machines is in these folders, and the number says how deep the label is that shows the
// level. One listing is enough, without a walk.
const places = [
  ["var/lib/libvirt/images", 1],
  ["var/lib/machines", 1],
  ["var/lib/containers/storage/volumes", 2],
] as const;

/** The levels of this host's processes, containers, machines and their files. Tests pass `root`. */
export async function readTakenLevels(root = rootDirectory): Promise<readonly Categories[]> {
  const texts = [
    ...readProcesses(),
    ...globSync(records, { cwd: root }).map((file) => readIfPossible(join(root, file)) ?? ""),
  ];
  for (const [place, depth] of places) texts.push(await readLabels(join(root, place), depth));
  return texts.flatMap(parseLevels);
}

const readProcesses = (): readonly string[] =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => readIfPossible(`/proc/${pid}/attr/current`) ?? "");

async function readLabels(folder: string, depth: number): Promise<string> {
  if (!existsSync(folder)) return "";
  // A file may be removed while find looks at it.
  const listing = ["-P", folder, "-xdev", "-maxdepth", String(depth), "-printf", "%Z\\n"];
  return (await run("find", listing, { accept: [1] })).stdout;
}
