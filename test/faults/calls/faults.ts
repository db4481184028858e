/**
 * The errors that each call is failed with: what a full or broken disk, a limit or a security module answers. See the man
 * page of each call for which it may return.
 */
export const errors: Readonly<Record<string, readonly string[]>> = {
  openat: ["EMFILE", "EIO"],
  mkdir: ["ENOSPC"],
  mkdirat: ["ENOSPC"],
  rename: ["EIO"],
  renameat: ["EIO"],
  renameat2: ["ENOSPC"],
  link: ["ENOSPC"],
  linkat: ["ENOSPC"],
  symlink: ["ENOSPC"],
  symlinkat: ["ENOSPC"],
  unlink: ["EIO"],
  unlinkat: ["EIO"],
  rmdir: ["EIO"],
  write: ["ENOSPC"],
  pwrite64: ["ENOSPC"],
  ftruncate: ["EIO"],
  copy_file_range: ["ENOSPC"],
  fsync: ["EIO"],
  fdatasync: ["EIO"],
  fchown: ["EPERM"],
  lchown: ["EPERM"],
  fchownat: ["EPERM"],
  fchmod: ["EIO"],
  fchmodat: ["EIO"],
  utimensat: ["EIO"],
  setxattr: ["ENOSPC"],
  lsetxattr: ["ENOSPC"],
  fsetxattr: ["ENOSPC"],
  flock: ["EINTR", "ENOLCK"],
  mount: ["ENOMEM"],
  umount2: ["EBUSY"],
  move_mount: ["EIO"],
  open_tree: ["EMFILE"],
  mount_setattr: ["EINVAL"],
  clone: ["EAGAIN"],
  clone3: ["EAGAIN"],
  vfork: ["EAGAIN"],
  execve: ["ENOMEM"],
  socket: ["EMFILE"],
  connect: ["ECONNREFUSED"],
  getdents64: ["EIO"],
};

/** Calls that change something, before which a verb is killed. */
export const kills: readonly string[] = Object.keys(errors).filter(
  (name) => !["openat", "getdents64", "socket", "open_tree"].includes(name),
);
