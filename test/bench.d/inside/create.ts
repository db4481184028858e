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
  readonly create: readonly string[];
  readonly remove: readonly string[];
}

const name = `${prefix}create`;
const image = `localhost/${prefix}image`;
const noArchive = existsSync(rootArchive) ? {} : { absent: "a small bench makes no Debian for it" };
const noLxc = isInstalled("lxc-create") ? {} : { absent: "lxc is not installed in this bed" };

const makers: readonly Maker[] = [
  {
    party: "sandbox of Unit=",
    folder: "/var/lib/sandboxcontainer",
    create: ["sandboxcontainer", "create", name, "--unit", "apache2.service"],
    remove: ["sandboxcontainer", "delete", "--force", name],
  },
  {
    party: "lxc-create",
    folder: "/var/lib/lxc",
    ...noArchive,
    ...noLxc,
    create: ["lxc-create", `--name=${name}`, "--template=local", "--", `--fstree=${rootArchive}`],
    remove: ["lxc-destroy", `--name=${name}`],
  },
  {
    party: "podman create",
    folder: "/var/lib/containers",
    ...noArchive,
    create: ["podman", "create", `--name=${name}`, "--cgroups=disabled", image, "/usr/sbin/init"],
    remove: ["podman", "rm", name],
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
    here.map(({ party, folder, create, remove }) => ({
      party,
      measure: () => {
        const before = measureFolder(folder);
        const took = timeCommand(create);
        disk.get(party)?.push(measureFolder(folder) - before);
        run(...(remove as [string, ...string[]]));
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
