/** The bench's own data in the bed. */
export const work = "/var/lib/bench";

/** What it has in memory. */
export const memory = "/run/bench";

/** What all that it makes is called like; `removeAll` takes away whatever is. */
export const prefix = "bench-";

/** A Debian with apache2, as a tar.xz; a small bench has none. */
export const rootArchive = "/root/bench/root.tar.xz";
