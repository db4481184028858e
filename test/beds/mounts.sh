# shellcheck shell=bash
# Mounts that a root needs before a process can change into it. The caller has mount and cgroup namespaces of its own.

# mount_root ROOT: makes it a mount with new proc, sysfs, devices, run and tmp.
mount_root() {
	mount --make-rprivate /
	mount --bind "$1" "$1"
	mount_whole "$1"
	mount -t proc -o nosuid,nodev,noexec proc "$1/proc"
	mount -t sysfs -o nosuid,nodev,noexec sysfs "$1/sys"
	protect_settings "$1"
	mount_devices "$1"
	mount -t tmpfs -o nosuid,nodev,mode=0755 tmpfs "$1/run"
	mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$1/tmp"
}

# mount_whole ROOT: mounts a proc and a sysfs in which nothing is covered, where /dev covers both. Without them the kernel lets no
# user namespace mount its own, so no container would start (mnt_already_visible in fs/namespace.c). systemd unmounts nothing below
# /dev at the end.
mount_whole() {
	local kind
	for kind in proc sysfs; do
		mkdir -p "$1/dev/whole/$kind"
		mount -t "$kind" -o nosuid,nodev,noexec "$kind" "$1/dev/whole/$kind"
	done
}

# protect_settings ROOT: what the kernel lets everybody set for the whole machine can only be read. The settings of the network
# are those of this network namespace.
protect_settings() {
	local path
	# Cluster software writes to it to end its host at once.
	[[ ! -e $1/proc/sysrq-trigger ]] || mount --bind /dev/null "$1/proc/sysrq-trigger"
	for path in "$1"/proc/{acpi,bus,driver,fs,irq,mtrr,scsi,slabinfo,sys,timer_list,tty} "$1"/sys/*; do
		[[ ! -e $path ]] || mount --bind -o ro "$path" "$path"
	done
	for path in proc/sys/net sys/devices/virtual/net; do
		mount --bind "$1/dev/whole/${path/#sys/sysfs}" "$1/$path"
	done
}

# mount_devices ROOT: makes /dev with the devices that are nobody's in particular, and with loop devices. A new loop device gets a
# node in this machine's /dev only, so there are nodes for many.
mount_devices() {
	local dev=$1/dev mode name number
	mount -t tmpfs -o nosuid,mode=0755,nr_inodes=4096 tmpfs "$dev"
	mkdir "$dev"/{net,pts,shm}
	mount -t devpts -o newinstance,nosuid,noexec,gid=5,mode=0620,ptmxmode=0666 devpts "$dev/pts"
	mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$dev/shm"
	while read -r mode name number; do
		mknod --mode="$mode" "$dev/$name" c "${number%:*}" "${number#*:}"
	done <<-NODES
		0666 null 1:3
		0666 zero 1:5
		0666 full 1:7
		0666 random 1:8
		0666 urandom 1:9
		0666 tty 5:0
		0666 fuse 10:229
		0666 net/tun 10:200
		0600 loop-control 10:237
		0600 autofs 10:235
	NODES
	for number in {0..127}; do mknod --mode=0600 "$dev/loop$number" b 7 "$number"; done
	ln -s pts/ptmx "$dev/ptmx"
	ln -s /proc/self/fd "$dev/fd"
	for name in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${name#*:}" "$dev/${name%:*}"; done
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
