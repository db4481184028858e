/**
 * Works on a file, and adds its path to an error of the kernel that does not name it: those of calls that take a
 * descriptor, such as write and fsync.
 */
export function withPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && "code" in error && !("path" in error && error.path !== undefined))
      Object.assign(error, { message: `${error.message} '${path}'`, path });
    throw error;
  }
}
