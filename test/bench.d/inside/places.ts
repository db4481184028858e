/** The folder of the bench's data in the bed. */
export const work = "/var/lib/bench";

/** The folder of its data in memory. */
export const memory = "/run/bench";

/** The prefix of everything that the bench makes; `removeAll` removes everything with it. */
export const prefix = "bench-";

/** A Debian with apache2, as a tar.xz. A small bench has none. */
export const rootArchive = "/root/bench/root.tar.xz";
