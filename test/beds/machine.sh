# shellcheck shell=bash
# The selinux and the apparmor bed: a virtual machine with Debian's own kernel, cgroup v2 and machined, and SELinux
# enforcing or AppArmor with Debian's profiles. QEMU runs it without KVM, so that it works everywhere. Programs start about
# twenty times slower than natively.
# shellcheck disable=SC2153,SC2154

# BED_ROOT contains tree (only while the image is made), disk.img, vmlinuz and initrd.img. BED_STATE contains qemu (its
# process), port, key, known_hosts, ssh (the shared connection) and installed (the files of the build that are in the
# bed).

machine_up() {
	local -a packages
	begin_up build policy
	if find_qemu >/dev/null; then
		say 'installing the current build'
		quietly update_machine
	else
		clear_machine
		mkdir -p "$BED_ROOT" "$BED_STATE"
		say 'copying the root'
		copy_cached_root "$BED_ROOT/tree" important "${packages[@]}"
		say "setting it up as the $kind bed, with the current build and policy"
		quietly prepare_tree "$BED_ROOT/tree"
		say 'making the disk'
		quietly make_disk "$BED_ROOT/tree"
		boot_machine
	fi
	report_bed
}

machine_reboot() {
	local end=$((SECONDS + 400))
	lock_bed
	find_qemu >/dev/null || die "the $kind bed is not up" "test/bed up $kind"
	say 'rebooting'
	machine_exec systemctl --no-block reboot
	close_connection
	while find_qemu >/dev/null; do
		((SECONDS < end)) || die "the $kind bed did not shut down in 400 s" "its output is in $BED_LOG"
		sleep 0.5
	done
	boot_machine
	report_bed
}

# machine_cut: as when the power fails. What its kernel has not written to the disk yet is lost; what it has written is in
# this machine's page cache, whatever cache the disk has, so this loses nothing that a disk would still have to write.
machine_cut() {
	lock_bed
	find_qemu >/dev/null || die "the $kind bed is not up" "test/bed up $kind"
	kill_process "$BED_STATE/qemu"
	close_connection
}

machine_boot() {
	lock_bed
	! find_qemu >/dev/null || die "the $kind bed runs" "test/bed cut $kind"
	[[ -s $BED_ROOT/disk.img && -s $BED_STATE/key ]] || die "the $kind bed has no disk" "test/bed up $kind"
	close_connection
	boot_machine
	report_bed
}

machine_down() {
	lock_bed
	clear_machine
}

machine_root() {
	die "the root of the $kind bed is inside a disk image" "look around in it with: test/bed exec $kind -- bash"
}

# machine_exec CMD…: runs a command as root in an administrator's context, in a clean environment.
machine_exec() {
	local -a terminal=(-T)
	[[ ! -t 0 || ! -t 1 ]] || terminal=(-t)
	find_qemu >/dev/null || die "the $kind bed is not up" "test/bed up $kind"
	call_ssh "${terminal[@]}" bed exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin \
		HOME=/root USER=root LANG=C.UTF-8 TERM="${TERM:-dumb}" "${@@Q}"
}

machine_push() {
	push_file "$@"
}

# machine_forward PORT: prints the port of this machine's loopback that leads to this port of the bed, as long as the bed
# runs.
machine_forward() {
	local port
	find_qemu >/dev/null || die "the $kind bed is not up" "test/bed up $kind"
	port=$(find_free_port)
	call_ssh -O forward -L "127.0.0.1:$port:127.0.0.1:$1" bed
	printf '%s\n' "$port"
}

# find_qemu: prints its process id.
find_qemu() {
	read_process "$BED_STATE/qemu"
}

# call_ssh ARGUMENT…: uses the shared connection if there is one, because a key exchange takes seconds in the bed.
call_ssh() {
	ssh -F none -o ControlPath="$BED_STATE/ssh" -o HostName=127.0.0.1 -o Port="$(<"$BED_STATE/port")" -o HostKeyAlias=bed -o User=root \
		-o UserKnownHostsFile="$BED_STATE/known_hosts" -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes \
		-o IdentityFile="$BED_STATE/key" -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=20 -o LogLevel=ERROR "$@"
}

# connect_machine: makes the shared connection if it is missing.
connect_machine() {
	call_ssh -O check bed 2>/dev/null && return
	call_ssh -M -N -f bed {BED_LOCK}>&- </dev/null >>"$BED_LOG" 2>&1
}

close_connection() {
	[[ ! -S $BED_STATE/ssh ]] || call_ssh -O exit bed 2>/dev/null || rm -f "$BED_STATE/ssh"
}

# prepare_tree ROOT
prepare_tree() {
	configure_root "$1"
	# Debian's policy has no rules for the unit of the network generator, so it cannot work.
	systemctl --root "$1" mask systemd-networkd-wait-online.service systemd-network-generator.service getty@tty1.service
	systemctl --root "$1" disable e2scrub_reap.service cron.service
	systemctl --root "$1" enable ssh.service systemd-networkd.service
	printf '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n' >"$1/etc/systemd/network/50-bed.network"
	printf '/dev/vda / ext4 defaults 0 0\n' >"$1/etc/fstab"
	# Every command is a session of the same connection.
	printf 'MaxSessions 100\nUseDNS no\n' >"$1/etc/ssh/sshd_config.d/bed.conf"
	make_keys "$1"
	run_make install DESTDIR="$1"
	list_build "$1" >"$BED_STATE/installed"
	"prepare_$kind" "$1"
}

prepare_apparmor() {
	systemctl --root "$1" enable apparmor.service
}

prepare_selinux() {
	sed -i 's/^SELINUX=.*/SELINUX=enforcing/' "$1/etc/selinux/config"
	list_policy "$1" | xargs chroot "$1" semodule --noreload --install
	# The tree is labelled from here: this kernel can store labels without knowing SELinux.
	chroot "$1" setfiles /etc/selinux/default/contexts/files/file_contexts /
}

# make_keys ROOT: makes a key for this bed, and records its host key.
make_keys() {
	rm -f "$BED_STATE/key" "$BED_STATE/key.pub"
	ssh-keygen -q -t ed25519 -N '' -C bed -f "$BED_STATE/key"
	install -D -m 0600 "$BED_STATE/key.pub" "$1/root/.ssh/authorized_keys"
	chmod 0700 "$1/root/.ssh"
	printf 'bed %s\n' "$(<"$1/etc/ssh/ssh_host_ed25519_key.pub")" >"$BED_STATE/known_hosts"
}

# list_policy ROOT: lists the policy modules of the build, by their paths in the root.
list_policy() {
	(cd "$1" && find usr/share/selinux/packages -name 'sandboxcontainer*' -type f -printf '/%p\n')
}

# make_disk ROOT: makes an image with the labels, and copies what QEMU boots. Removes the tree.
make_disk() {
	cp -L "$1/vmlinuz" "$BED_ROOT/vmlinuz"
	cp -L "$1/initrd.img" "$BED_ROOT/initrd.img"
	rm -f "$BED_ROOT/disk.img"
	mke2fs -q -F -t ext4 -d "$1" "$BED_ROOT/disk.img" 8G
	rm -rf --one-file-system "$1"
}

# update_machine: copies what has changed in the build since the last time into the running system.
update_machine() {
	local fresh=$BED_ROOT/fresh
	rm -rf "$fresh"
	run_make install DESTDIR="$fresh"
	list_build "$fresh" >"$BED_STATE/installed.new"
	comm -13 "$BED_STATE/installed" "$BED_STATE/installed.new" | cut -c 67- >"$BED_STATE/changed"
	if [[ -s $BED_STATE/changed ]]; then
		connect_machine
		tar -C "$fresh" --owner 0 --group 0 -cz -T "$BED_STATE/changed" | machine_exec tar -C / --no-overwrite-dir -xz
		[[ $kind != selinux ]] || update_labels "$fresh"
		machine_exec systemctl daemon-reload
	fi
	mv "$BED_STATE/installed.new" "$BED_STATE/installed"
	rm -rf "$fresh"
}

# update_labels FRESH: loads the policy if it has changed, and labels what was copied.
update_labels() {
	if grep -q 'share/selinux/packages' "$BED_STATE/changed"; then
		list_policy "$1" | xargs "$BED_SOURCE/test/bed" exec selinux -- semodule --install
	fi
	(cd "$1" && find . -printf '/%P\0') | machine_exec xargs -0 restorecon -F
}

# list_build ROOT: lists the build's files in the root, with their hashes.
list_build() {
	(
		cd "$1" || exit
		find etc usr -path '*sandbox*' ! -type d -print0 | xargs -0 sha256sum | sort
	)
}

# boot_machine: boots the bed, and returns when it is up.
boot_machine() {
	local port
	local -A walls=([selinux]='security=selinux selinux=1 enforcing=1' [apparmor]='security=apparmor apparmor=1')
	port=$(find_free_port)
	printf '%s\n' "$port" >"$BED_STATE/port"
	say "booting (ssh is on port $port of the loopback)"
	# The processor is emulated. What the kernel does against faults of real ones, and a fifth level of page tables, would
	# cost a sixth of the speed. test/all waits for this machine, so it comes before what runs beside it; where the
	# kernel groups processes by session, a nice value counts only within the group (sched(7)). A reboot ends the emulator:
	# if it resets the machine instead, the timer of the second processor sometimes stands still, and the kernel hangs.
	(
		exec {BED_LOCK}>&-
		# shellcheck disable=SC2016
		exec setsid nice -n -5 sh -c '[ ! -e /proc/self/autogroup ] || echo -5 >/proc/self/autogroup; exec "$@"' - \
			qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none -serial stdio -accel tcg,thread=multi -cpu max,la57=off \
			-smp 2 -m 3072 -kernel "$BED_ROOT/vmlinuz" -initrd "$BED_ROOT/initrd.img" \
			-append "root=/dev/vda rw console=ttyS0 ${walls[$kind]} quiet mitigations=off init_on_alloc=0" \
			-drive "file=$BED_ROOT/disk.img,format=raw,if=virtio,cache=unsafe,discard=unmap" -device virtio-rng-pci \
			-netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=net
	) >>"$BED_LOG" 2>&1 </dev/null &
	print_process $! >"$BED_STATE/qemu"
	wait_machine
}

# find_free_port: prints a port of the loopback that nothing listens on.
find_free_port() {
	local port
	for _ in {1..20}; do
		port=$((20000 + SRANDOM % 10000))
		[[ -n $(ss -Hltn "sport = :$port") ]] || break
	done
	printf '%s\n' "$port"
}

# wait_machine: waits until the system is up, with or without failed units.
wait_machine() {
	local state end=$((SECONDS + 600))
	while ((SECONDS < end)); do
		find_qemu >/dev/null || break
		if connect_machine; then
			# It prints one of the words that report_bed expects, or nothing.
			state=$(machine_exec systemctl is-system-running --wait 2>/dev/null) || true
			[[ $state != running && $state != degraded ]] || return 0
		fi
		sleep 0.5
	done
	die_unbooted
}

# clear_machine: removes everything but the cached root, wherever an earlier run stopped.
clear_machine() {
	if [[ -d $BED_STATE ]]; then
		say 'stopping'
		[[ ! -s $BED_STATE/port ]] || close_connection
		kill_process "$BED_STATE/qemu"
		rm -rf "$BED_STATE"
	fi
	rm -rf --one-file-system "$BED_ROOT"
}
