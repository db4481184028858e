# shellcheck shell=bash
# How the scripts here speak: one line per step on stderr with the seconds since the start. The steps' own output goes
# to the file LOG. SAY_AS is the speaker's name.

say() {
	printf '%s: %3d s  %s\n' "$SAY_AS" "$SECONDS" "$*" >&2
}

# die MESSAGE [HINT]
die() {
	printf '%s: %s\n' "$SAY_AS" "$1" >&2
	[[ -z ${2-} ]] || printf '%s: %s\n' "$SAY_AS" "$2" >&2
	exit 1
}

# start_log FILE: begin the log of this run.
start_log() {
	LOG=$1
	mkdir -p "${LOG%/*}"
	: >"$LOG"
}

# quietly CMD…: run in a subshell with all output into the log, and show its end only when the command fails.
quietly() {
	local status
	printf '+ %s\n' "${*@Q}" >>"$LOG"
	# Not as a condition: there bash would ignore the failures inside of a function.
	set +e
	(
		set -e
		"$@"
	) >>"$LOG" 2>&1 </dev/null
	status=$?
	set -e
	((status == 0)) || {
		tail -n 40 "$LOG" >&2
		die "failed with status $status: ${*@Q}" "everything it said is in $LOG"
	}
}
