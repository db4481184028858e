# shellcheck shell=bash
# Mounts that a root needs before a process can change into it. The caller has mount and cgroup namespaces of its own.

# mount_root ROOT: makes it a mount with new proc, sysfs, run and tmp, and this machine's devices.
mount_root() {
	mount --make-rprivate /
	mount --bind "$1" "$1"
	mount -t proc -o nosuid,nodev,noexec proc "$1/proc"
	# It is the machine's own, and cluster software writes to it to end its host at once.
	[[ ! -e $1/proc/sysrq-trigger ]] || mount --bind /dev/null "$1/proc/sysrq-trigger"
	mount -t sysfs -o nosuid,nodev,noexec sysfs "$1/sys"
	mount --rbind /dev "$1/dev"
	mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$1/dev/shm"
	mount -t tmpfs -o nosuid,nodev,mode=0755 tmpfs "$1/run"
	mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$1/tmp"
}

# mount_cgroups ROOT HIERARCHY…: mounts the same hierarchies in the same places. Each begins at the root of the cgroup
# namespace.
mount_cgroups() {
	local root=$1 hierarchy
	shift
	if [[ $* == /sys/fs/cgroup ]]; then
		mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
		return
	fi
	mount -t tmpfs -o nosuid,nodev,noexec,mode=0755 tmpfs "$root/sys/fs/cgroup"
	for hierarchy; do
		mkdir "$root$hierarchy"
		mount -t cgroup -o "$(find_controllers "$hierarchy")" cgroup "$root$hierarchy"
	done
	if [[ ! -d $root/sys/fs/cgroup/systemd ]]; then
		mkdir "$root/sys/fs/cgroup/systemd"
		mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
	fi
}

# find_controllers HIERARCHY: prints its controllers as mount options.
find_controllers() {
	findmnt --noheadings --output OPTIONS "$1" | tail -n 1 | tr , '\n' |
		grep -vxE 'rw|ro|nosuid|nodev|noexec|(no|rel|strict)atime|xattr|clone_children|release_agent=.*' | paste -sd ,
}

# enter_root ROOT: makes it the root, with pivot_root(2), 'pivot_root(".", ".")': the old root lies on the new one, so
# it needs no folder.
enter_root() {
	cd "$1" || return
	pivot_root . .
	umount --lazy .
	cd /
}
