const missing = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "EAGAIN"]);

/** Undefined where a path leads to nothing, to something else, or to what somebody holds a lease on. */
export function orMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error && missing.has(String(error.code))) return undefined;
    throw error;
  }
}
