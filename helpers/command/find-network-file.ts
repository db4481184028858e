// What programs say when a file cannot be opened (errno(3)).
const refused = /permission denied|not permitted|no such file|read-only file system|\b(?:EACCES|EPERM|ENOENT|EROFS)\b/i;
// The kernel lets only root of the host open some of these, or loads a module for them, or shows them in the first network
// namespace only. The settings of IPv4 and IPv6 are the sandbox's own.
const file = /\/proc\/(?:(?:(?:self|thread-self|\d+)\/)?net\/|sys\/net\/(?!ipv[46]\/))[\w./-]*\w/;

/**
 * Finds a file of the kernel about the network that a service could not open, in its messages: such a service is about the
 * network of its host, as one that reads who is connected through it. Undefined if they name none.
 */
export const findNetworkFile = (said: string): string | undefined =>
  said
    .split("\n")
    .filter((line) => refused.test(line))
    .flatMap((line) => file.exec(line)?.[0] ?? [])[0];
