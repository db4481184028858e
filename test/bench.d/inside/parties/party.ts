/** One way to run the idle payload as a unit of the host. There may be several instances of it, by number. */
export interface Party {
  readonly name: string;
  /** The unit that systemctl starts. */
  unit(instance: number): string;
  /** The reason why it cannot take part in this bed, if it cannot. */
  readonly absent?: string;
  /** Makes everything that the first start of an instance needs, except a daemon-reload. */
  make(instance: number): void;
}

/** The payload: it is idle, and ends when it is asked to. */
export const payload = ["/usr/bin/sh", "-c", "trap 'exit 0' TERM; sleep infinity & wait"] as const;

/** The command line as in a unit file of systemd or Quadlet. */
export const payloadText = `/usr/bin/sh -c "${payload[2]}"`;

const firstPort = { sandbox: 21000, Quadlet: 31000 } as const;

/** Ten ports of the host that nobody else has, and those inside, as `Publish=` and Quadlet's `PublishPort=` say them. */
export function portsOf(kind: keyof typeof firstPort, instance: number): string {
  const first = firstPort[kind] + 10 * instance;
  return `${first}-${first + 9}:6000-6009`;
}
