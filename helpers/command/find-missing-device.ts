// Every sandbox has these (see systemd.exec(5), PrivateDevices=).
const present =
  /^\/dev\/(?:null|zero|full|u?random|tty|ptmx|console|std(?:in|out|err)|(?:fd|pts|shm|mqueue)(?:\/.*)?|log)$/;

/** Finds a device that a service misses, in its messages: one that a sandbox never has. Undefined if they name none. */
export const findMissingDevice = (said: string): string | undefined =>
  said
    .split("\n")
    .filter((line) => /no such (?:file|device)|not permitted|permission denied|cannot open|failed to open/i.test(line))
    .flatMap((line) => /(?<![\w/])\/dev\/[\w/-]*\w/.exec(line)?.[0] ?? [])
    .find((path) => !present.test(path));
