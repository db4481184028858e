// Every sandbox has these (see systemd.exec(5), PrivateDevices=).
const present =
  /^\/dev\/(?:null|zero|full|u?random|tty|ptmx|console|std(?:in|out|err)|(?:fd|pts|shm|mqueue)(?:\/.*)?|log)$/;

/**
 * Finds a device that a service misses, in its messages: its path, or else what they call it, such as `modem device`.
 * Undefined if a sandbox has it, or if they name none.
 */
export const findMissingDevice = (said: string): string | undefined => findPath(said) ?? findWords(said);

const findPath = (said: string): string | undefined =>
  said
    .split("\n")
    .filter((line) => /no such (?:file|device)|not permitted|permission denied|cannot open|failed to open/i.test(line))
    .flatMap((line) => /(?<![\w/])\/dev\/[\w/-]*\w/.exec(line)?.[0] ?? [])
    .find((path) => !present.test(path));

// What is about a network interface has an advice of its own.
const findWords = (said: string): string | undefined =>
  [
    ...said.matchAll(
      /\b(?:error|cannot|could not|unable to|failed to|failed) open(?:ing)? (?:the )?((?:[a-z-]+ ){1,2}device)\b/gi,
    ),
  ]
    .flatMap(([, words]) => words ?? [])
    .find((words) => !/network|interface|\b(?:tun|tap)\b/i.test(words));
