import { type Verb, verbs as failing } from "../calls/verbs.ts";

const old = "sandboxcontainer create old -- /usr/bin/sleep infinity";
const inImage = "sandboxcontainer create old --imagesize 32M -- /usr/bin/sleep infinity";
// A file of the host that is merged, one that is replaced, and one that is new.
const outdated = `${old}
  echo '# inside' >>/var/lib/sandboxcontainer/old/root/etc/bash.bashrc
  sed -i "1i # $(date +%N)" /etc/bash.bashrc; echo "# $(date +%N)" >>/etc/inputrc
  rm -f /etc/profile.d/cuts-*; echo : >/etc/profile.d/cuts-$(date +%N).sh`;

export type VerbToCut = Pick<Verb, "command" | "before" | "kind">;

/** The verbs whose calls are failed, and those that also write much. copy-to flushes as little as cp(1). */
export const verbs: readonly VerbToCut[] = [
  ...failing.filter(({ step, daemon, command: [verb] }) => (step ?? daemon) === undefined && verb !== "copy-to"),
  {
    command: ["clone", "old", "new", "--imagesize", "32M"],
    before: `${old}; echo data >/var/lib/sandboxcontainer/old/root/srv/data`,
  },
  { command: ["resize", "old", "48M"], before: inImage },
  { command: ["upgrade", "old"], before: outdated, kind: "changed" },
];

/** A moment of a verb at which the power failed. */
export interface Tried {
  readonly fault: string;
  readonly when: string;
  readonly complaints: readonly string[];
}
