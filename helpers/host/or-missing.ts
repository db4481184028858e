// ESRCH: the process ended after its file in /proc was opened. ENODEV: the cgroup ended after its file was opened.
const missing = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "EAGAIN", "ESRCH", "ENODEV"]);

/**
 * Returns undefined if a path leads to nothing, leads to something else, belongs to a process or cgroup that has just
 * ended, or is a file on which somebody holds a lease.
 */
export function orMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error && missing.has(String(error.code))) return undefined;
    throw error;
  }
}
