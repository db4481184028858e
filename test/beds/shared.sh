# shellcheck shell=bash
# Functions that all beds use. test/bed sets BED_*, kind and how.
# shellcheck disable=SC2153,SC2154

# Units that would act on their own.
readonly BED_MASKED=(
	selinux-autorelabel-mark.service networking.service
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer logrotate.timer
	systemd-tmpfiles-clean.timer
)

# list_packages: prints the packages of every bed, `--`, the services of every bed, then those of this bed.
list_packages() {
	sed 's/#.*//; s/[[:space:]]//g; /^$/d' "$BED_SOURCE/test/beds/packages"
	tr -s '[:space:]' '\n' <<<"${SANDBOXCONTAINER_BED_PACKAGES-}" | sed '/^$/d'
}

# lock_bed: only one process may change a bed at a time. A process that outlives this script must not inherit the lock.
lock_bed() {
	mkdir -p "${BED_STATE%/*}"
	exec {BED_LOCK}>"$BED_STATE.lock"
	flock --nonblock "$BED_LOCK" || { say 'waiting for another test/bed'; flock "$BED_LOCK"; }
}

# run_make ARGUMENT…: runs make as if called by hand, even from within make.
run_make() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory -C "$BED_SOURCE" "$@"
}

# begin_up TARGET…: locks the bed, and builds the cached root and the sources. Sets `packages` of the caller.
begin_up() {
	local -a common
	lock_bed
	start_log "$BED_LOG"
	readarray -t packages < <(list_packages)
	readarray -t common < <(SANDBOXCONTAINER_BED_PACKAGES='' list_packages)
	build_cached_root important "${common[@]}"
	extend_cached_root "$((${#packages[@]} - ${#common[@]}))" important "${packages[@]}"
	say 'building the current sources'
	quietly run_make "$@"
}

# configure_root ROOT: sets up what every machine needs before its first boot.
configure_root() {
	# Without an id systemd would treat this boot as the first one and enable everything.
	tr -d - </proc/sys/kernel/random/uuid >"$1/etc/machine-id"
	printf '%s-bed\n' "$kind" >"$1/etc/hostname"
	printf '127.0.0.1 localhost\n127.0.1.1 %s-bed\n::1 localhost\n' "$kind" >"$1/etc/hosts"
	rm -f "$1/.autorelabel"
	systemctl --root "$1" mask "${BED_MASKED[@]}"
}

# push_file FILE DEST: copies through the bed's exec.
push_file() {
	local dest=$2 mode
	[[ $dest != */ ]] || dest+=$(basename "$1")
	if [[ -d $1 ]]; then
		# shellcheck disable=SC2016 # for the shell in the bed
		tar -C "$1" -c . | "${how}_exec" sh -c 'mkdir -p "$1" && tar -C "$1" --no-same-owner -x' - "$dest"
	else
		mode=$(stat -L -c %a "$1")
		"${how}_exec" install -D -m "$mode" /dev/stdin "$dest" <"$1"
	fi
}

# report_bed: prints the state that systemd reports, and what failed.
report_bed() {
	local state
	state=$("${how}_exec" systemctl is-system-running) || true
	say "the $kind bed is up: $state"
	[[ $state == running ]] || "${how}_exec" systemctl --failed --no-legend --plain >&2
}

# die_unbooted: says that the bed did not boot, and shows the end of its output.
die_unbooted() {
	tail -n 20 "$BED_LOG" >&2
	die "the $kind bed did not come up" "its output is in $BED_LOG"
}
