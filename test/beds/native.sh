# shellcheck shell=bash
# The native bed: systemd as PID 1 in namespaces of this machine's kernel, at full speed. The kernel's features are
# those of the machine: usually no SELinux. test/bed sets `kind`.
# shellcheck disable=SC2154

# Units that would change the machine's own devices, clock, sysctls, console, programs or connections, or cannot work in namespaces.
readonly NATIVE_MASKED=(
	systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service
	systemd-tmpfiles-setup-dev.service systemd-tmpfiles-setup-dev-early.service
	systemd-sysctl.service systemd-binfmt.service binfmt-support.service apparmor.service proc-sys-fs-binfmt_misc.automount systemd-modules-load.service
	sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount
	console-getty.service getty.target
	audit-rules.service auditd.service systemd-journald-audit.socket
)

# Rights over the machine itself, which no namespace of the bed limits (capabilities(7)): its clock, modules, log, ports and memory,
# security modules, sleep and audit, and the kernel that it would boot next. What systemd and containers need is left.
readonly NATIVE_FORBIDDEN=(
	sys_time sys_module syslog sys_rawio mac_admin mac_override wake_alarm block_suspend audit_read sys_boot
)

native_up() {
	local -a packages
	begin_up build
	if find_native >/dev/null; then
		install_build
		native_exec systemctl daemon-reload
	else
		clear_native
		prepare_native_root "${packages[@]}"
		install_build
		boot_native
	fi
	report_bed
}

native_reboot() {
	local pid
	lock_bed
	pid=$(find_native) || die "the $kind bed is not up" "test/bed up $kind"
	say 'shutting down'
	# systemd(1): SIGRTMIN+4 starts poweroff.target. In a pid namespace reboot(2) ends just the namespace.
	# A process that ignores SIGTERM makes it wait for 90 s, as on any machine.
	kill -SIGRTMIN+4 "$pid"
	wait_process_end "$BED_STATE/pid1" 150 || die "the $kind bed did not shut down within 150 s" "its output is in $BED_LOG"
	stop_native
	boot_native
	report_bed
}

# native_kill: as when the power fails. What the machine's kernel has not written yet is not lost, though.
native_kill() {
	lock_bed
	stop_native
	release_loops
}

native_boot() {
	lock_bed
	! find_native >/dev/null || die "the $kind bed runs" "test/bed kill $kind"
	[[ -d $BED_ROOT ]] || die "the $kind bed has no root" "test/bed up $kind"
	boot_native
	report_bed
}

native_down() {
	lock_bed
	clear_native
}

native_root() {
	printf '%s\n' "$BED_ROOT"
}

# native_beside CMD…: runs a command of this machine that reaches the bed at 127.0.0.1, such as a browser.
native_beside() {
	local pid
	pid=$(find_native) || die "the $kind bed is not up" "test/bed up $kind"
	nsenter --target "$pid" --net -- "$@"
}

# native_exec CMD…: runs a command as root in a clean environment, as one of the bed's own processes.
native_exec() {
	local pid
	local -a join=()
	pid=$(find_native) || die "the $kind bed is not up" "test/bed up $kind"
	(
		if uses_cgroup_v2; then
			join=(--join-cgroup)
		else
			join_cgroups "$(<"$BED_STATE/cgroup")" "$BASHPID"
		fi
		forgo_rights nsenter --target "$pid" --all "${join[@]}" --wdns=/root -- env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin \
		HOME=/root USER=root LANG=C.UTF-8 TERM="${TERM:-dumb}" "$@"
	)
}

# forgo_rights CMD…: becomes this command, without the rights over the machine for all that follows from it.
forgo_rights() {
	local without
	without=$(printf ',-%s' "${NATIVE_FORBIDDEN[@]}")
	exec setpriv --inh-caps=-all --bounding-set="${without#,}" -- "$@"
}

native_push() {
	push_file "$@"
}

# find_native: prints the process id of the bed's PID 1.
find_native() {
	read_process "$BED_STATE/pid1"
}

# prepare_native_root PACKAGE…
prepare_native_root() {
	say 'copying the root'
	copy_cached_root "$BED_ROOT.new" important "$@"
	say 'setting it up as the native bed'
	quietly configure_native "$BED_ROOT.new"
	mv -T "$BED_ROOT.new" "$BED_ROOT"
}

# configure_native ROOT
configure_native() {
	configure_root "$1"
	systemctl --root "$1" disable ssh.service ssh.socket
	systemctl --root "$1" mask "${NATIVE_MASKED[@]}"
	uses_cgroup_v2 || replace_machined "$1"
	install -d "$1/etc/sandboxcontainer/defaults.conf.d"
	printf '# The kernel of this bed has no SELinux.\n[Security]\nLabel=none\n' >"$1/etc/sandboxcontainer/defaults.conf.d/native-bed.conf"
}

# replace_machined ROOT: machined does not know the processes of a cgroup v1 namespace. If machined cannot be activated,
# libvirt makes the cgroups itself, except systemd's own, which libvirt-lxc-v1 makes. Masking machined's unit instead
# would fail every start.
replace_machined() {
	rm -f "$1/usr/share/dbus-1/system-services/org.freedesktop.machine1.service"
	mv "$1/usr/lib/libvirt/libvirt_lxc" "$1/usr/lib/libvirt/libvirt_lxc.real"
	install -m 0755 "$BED_SOURCE/test/beds/libvirt-lxc-v1" "$1/usr/lib/libvirt/libvirt_lxc"
	# With a weight of its own, the slice always exists in the cpu hierarchy. Otherwise systemd makes its cgroup there
	# when a unit has Delegate=yes, as Quadlet's have, and moves all containers into it. Then libvirt no longer finds
	# those that it should end.
	install -d "$1/etc/systemd/system/machine.slice.d"
	printf '[Slice]\nCPUWeight=100\n' >"$1/etc/systemd/system/machine.slice.d/native-bed.conf"
}

install_build() {
	say 'installing the current build'
	quietly run_make install DESTDIR="$BED_ROOT"
}

# boot_native: boots the bed, and returns when it is up.
boot_native() {
	local -a hierarchies
	readarray -t hierarchies < <(list_hierarchies)
	say 'booting'
	mkdir -p "$BED_STATE"
	# The name is saved before the first cgroup is made, so that a crash leaves no unknown cgroup.
	printf 'sandboxcontainer-bed-%s-%s\n' "$BED_ID" "$kind" >"$BED_STATE/cgroup"
	make_cgroups "$(<"$BED_STATE/cgroup")"
	(
		exec {BED_LOCK}>&-
		print_process "$BASHPID" >"$BED_STATE/launcher"
		join_cgroups "$(<"$BED_STATE/cgroup")" "$BASHPID"
		forgo_rights setsid unshare --pid --mount --cgroup --uts --ipc --net --fork --kill-child \
			"$BED_SOURCE/test/beds/native-init" "$BED_ROOT" "$BED_STATE/pid1" "${hierarchies[@]}"
	) >>"$BED_LOG" 2>&1 </dev/null &
	until find_native >/dev/null || ! print_process $! >/dev/null; do sleep 0.02; done
	plug_native
	wait_native $!
}

# wait_native LAUNCHER: waits until the system is up, with or without failed units.
wait_native() {
	local state end=$((SECONDS + 400))
	while ((SECONDS < end)); do
		print_process "$1" >/dev/null || break
		state=$(find_native >/dev/null && native_exec systemctl is-system-running 2>/dev/null) || true
		[[ $state != running && $state != degraded ]] || return 0
		sleep 0.1
	done
	die_unbooted
}

# stop_native: ends the bed's processes and removes its cgroups. Mounts, network and other namespaces disappear with the
# last process.
stop_native() {
	kill_process "$BED_STATE/pid1"
	kill_process "$BED_STATE/launcher"
	if [[ -s $BED_STATE/cgroup ]]; then
		empty_cgroups "$(<"$BED_STATE/cgroup")"
		remove_cgroups "$(<"$BED_STATE/cgroup")"
	fi
	rm -rf "$BED_STATE"
}

# release_loops: detaches the bed's loop devices. They belong to the machine, and can outlive the bed: after an unusual end of
# their mount, or because somebody was killed who had frozen the file system. It is thawed where it is mounted once more. The name
# of the file is that of the bed's own view, so its number is looked for.
release_loops() {
	local device inode disk place
	losetup --noheadings --raw --output NAME,BACK-INO,BACK-MAJ:MIN | while read -r device inode disk; do
		[[ -d $BED_ROOT && $disk == "$(stat --format=%Hd:%Ld "$BED_ROOT")" ]] || continue
		[[ $(find "$BED_ROOT" -xdev -inum "$inode" -print -quit) ]] || continue
		place=$(mktemp -d)
		if mount "$device" "$place" 2>/dev/null; then
			fsfreeze --unfreeze "$place" 2>/dev/null || true
			umount "$place"
		fi
		rmdir "$place"
		losetup --detach "$device" 2>/dev/null || true
	done
}

# clear_native: removes everything but the cached root, wherever an earlier run stopped.
clear_native() {
	[[ ! -d $BED_STATE ]] || say 'stopping'
	stop_native
	release_loops
	rm -rf --one-file-system "$BED_ROOT" "$BED_ROOT.new"
}
