/** What the user has filled in. */
export interface CreateWish {
  readonly name: string;
  readonly kind: "unit" | "command";
  readonly unit: string;
  readonly command: string;
  /** One in each line. */
  readonly ports: string;
  readonly mounts: string;
  readonly copies: boolean;
  readonly network: string;
  readonly memory: string;
  readonly cpu: string;
  readonly starts: boolean;
  readonly enables: boolean;
}

export const emptyWish: CreateWish = {
  name: "",
  kind: "unit",
  unit: "",
  command: "",
  ports: "",
  mounts: "",
  copies: false,
  network: "",
  memory: "",
  cpu: "",
  starts: true,
  enables: false,
};

export const isComplete = ({ kind, unit, command }: CreateWish): boolean =>
  (kind === "unit" ? unit : command).trim() !== "";

const linesOf = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** The words of `sandboxcontainer create`. To `look` changes nothing. */
export function toArguments(wish: CreateWish, purpose: "look" | "make"): readonly string[] {
  const { kind, unit, command, ports, mounts, network } = wish;
  return [
    ...["create", wish.name],
    ...(kind === "unit" ? ["--unit", unit] : []),
    ...linesOf(ports).flatMap((port) => ["--publish", port]),
    ...linesOf(mounts).flatMap((mount) => ["--mount", mount]),
    ...(wish.copies && kind === "unit" ? ["--copy"] : []),
    ...(network.trim() === "" ? [] : ["--network", network.trim()]),
    ...limits(wish),
    ...(purpose === "look" ? ["--dry-run"] : wish.enables ? ["--enable"] : []),
    ...(kind === "command" ? ["--", ...splitCommand(command)] : []),
  ];
}

const limits = ({ memory, cpu }: CreateWish): readonly string[] => [
  ...(memory.trim() === "" ? [] : ["--set", `MemoryMax=${memory.trim()}`]),
  ...(cpu.trim() === "" ? [] : ["--set", `CPUQuota=${cpu.trim()}`]),
];

/** Splits a command line into words. Quotes of both kinds keep spaces, as in a shell. */
export function splitCommand(line: string): readonly string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}
