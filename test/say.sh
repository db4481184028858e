# shellcheck shell=bash
# How these scripts print progress: one line per step on stderr, with the seconds since the start. The steps' own output
# goes to the file LOG. SAY_AS is the name of the script.

say() {
	printf '%s: %3d s  %s\n' "$SAY_AS" "$SECONDS" "$*" >&2
}

# die MESSAGE [HINT]
die() {
	printf '%s: %s\n' "$SAY_AS" "$1" >&2
	[[ -z ${2-} ]] || printf '%s: %s\n' "$SAY_AS" "$2" >&2
	exit 1
}

# start_log FILE: begins the log of this run.
start_log() {
	LOG=$1
	mkdir -p "${LOG%/*}"
	: >"$LOG"
}

# quietly CMD…: runs a command in a subshell with all output in the log, and shows the end of the log only if the
# command fails.
quietly() {
	local status
	printf '+ %s\n' "${*@Q}" >>"$LOG"
	# This is not a condition, because bash would then ignore failures inside functions.
	set +e
	(
		set -e
		"$@"
	) >>"$LOG" 2>&1 </dev/null
	status=$?
	set -e
	((status == 0)) || {
		tail -n 40 "$LOG" >&2
		die "failed with status $status: ${*@Q}" "its output is in $LOG"
	}
}
