import type { Systemd } from "../host/systemd.ts";
import { textOf } from "../host/unit-properties.ts";

/**
 * Runs work on a unit, and tells a person what systemd knows about its state (STATUS= in sd_notify(3)), once a second.
 * On a quick start there is nothing to tell.
 */
export async function tellStatus<Result>(
  systemd: Pick<Systemd, "readUnit">,
  unit: string,
  tell: (status: string) => void,
  work: Promise<Result>,
): Promise<Result> {
  const look = async (): Promise<void> => {
    const status = textOf(await systemd.readUnit(unit), "StatusText");
    if (status !== "") tell(status);
  };
  // If systemd does not answer, the work itself will say so.
  const timer = setInterval(() => void look().catch(() => undefined), 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
