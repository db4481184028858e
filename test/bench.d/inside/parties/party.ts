/** One way to run the idle payload as a unit of the host. There may be several instances of it, by number. */
export interface Party {
  readonly name: string;
  /** What systemctl starts. */
  unit(instance: number): string;
  /** Why it cannot take part in this bed, if it cannot. */
  readonly absent?: string;
  /** Makes all that the first start of an instance needs, but a daemon-reload. */
  make(instance: number): void;
}

/** The payload: idle, and healthy: it ends when it is asked to. */
export const payload = ["/usr/bin/sh", "-c", "trap 'exit 0' TERM; sleep infinity & wait"] as const;

/** As in a unit file, of systemd's or Quadlet's. */
export const payloadText = `/usr/bin/sh -c "${payload[2]}"`;
