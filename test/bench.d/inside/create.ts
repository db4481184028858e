import { existsSync, mkdirSync } from "node:fs";
import type { Measure, Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { isInstalled, run, say } from "./command.ts";
import { takeTurns, timeCommand } from "./measure.ts";
import { prefix, rootArchive } from "./places.ts";

/** One way to run apache2 in a container of its own. */
interface Maker {
  readonly party: string;
  /** The path whose disk usage is measured. */
  readonly folder: string;
  readonly absent?: string;
  readonly create: (name: string) => readonly string[];
}

const image = `localhost/${prefix}image`;
const noArchive = existsSync(rootArchive) ? {} : { absent: "a small bench makes no Debian for it" };
const noLxc = isInstalled("lxc-create") ? {} : { absent: "lxc is not installed in this bed" };

const makers: readonly Maker[] = [
  {
    party: "sandbox of Unit=",
    folder: "/var/lib/sandboxcontainer",
    create: (name) => ["sandboxcontainer", "create", name, "--unit", "apache2.service"],
  },
  {
    party: "lxc-create",
    folder: "/var/lib/lxc",
    ...noArchive,
    ...noLxc,
    create: (name) => ["lxc-create", `--name=${name}`, "--template=local", "--", `--fstree=${rootArchive}`],
  },
  {
    party: "podman create",
    folder: "/var/lib/containers",
    ...noArchive,
    create: (name) => ["podman", "create", `--name=${name}`, "--cgroups=disabled", image, "/usr/sbin/init"],
  },
];

/**
 * Measures how long it takes to make a container with apache2, and how much disk it uses: a sandbox, and containers
 * from a prepared Debian.
 */
export function measureCreate(sizes: Sizes): Row {
  const here = makers.filter(({ absent }) => absent === undefined);
  for (const { folder } of here) mkdirSync(folder, { recursive: true });
  const measures = here.some(({ party }) => party === "podman create") ? importImage() : [];
  const disk = new Map(here.map(({ party }): [string, number[]] => [party, []]));
  say("create: in turn");
  const times = takeTurns(
    Math.min(sizes.rounds, 3),
    here.map(({ party, folder, create }) => ({
      party,
      // Ours flushes the file system, and should not pay for what others wrote.
      before: () => run("sync"),
      measure: () => {
        const before = measureFolder(folder);
        const used = disk.get(party) ?? [];
        // They stay until the end of the row. An ext4 without a journal uses no inode again that was just deleted, and
        // looks for another behind all of them.
        const took = timeCommand(create(`${prefix}create-${used.length}`));
        used.push(measureFolder(folder) - before);
        return took;
      },
    })),
  );
  const taken = [...disk].map(([party, values]) => ({ party, values: values.slice(-Math.min(sizes.rounds, 3)) }));
  return {
    name: "create",
    title: "A container with apache2, from a prepared Debian",
    measures: [{ name: "create", unit: "ms", series: times }, { name: "disk", unit: "MB", series: taken }, ...measures],
    absent: Object.fromEntries(makers.flatMap(({ party, absent }) => (absent === undefined ? [] : [[party, absent]]))),
  };
}

function importImage(): readonly Measure[] {
  say("create: the image for podman");
  const before = measureFolder("/var/lib/containers");
  // podman accepts no tar.xz, and lxc-create accepts nothing else.
  run("xz", "--decompress", "--keep", "--force", rootArchive);
  const took = timeCommand(["podman", "import", rootArchive.slice(0, -".xz".length), image]);
  const party = "podman import";
  return [
    { name: "image, once", unit: "ms", series: [{ party, values: [took] }] },
    {
      name: "image on disk",
      unit: "MB",
      series: [{ party, values: [measureFolder("/var/lib/containers") - before] }],
    },
  ];
}

// The disk blocks that are used, not the lengths of the files, in MB.
const measureFolder = (folder: string): number =>
  Number(run("du", "--summarize", "--one-file-system", "--block-size=1", folder).split("\t")[0]) / 2 ** 20;
