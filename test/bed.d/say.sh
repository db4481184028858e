# shellcheck shell=bash
# One line per step with the seconds since the start on stderr; the steps' own output goes to BED_LOG.

say() {
	printf 'bed: %3d s  %s\n' "$SECONDS" "$*" >&2
}

# die MESSAGE [HINT]
die() {
	printf 'bed: %s\n' "$1" >&2
	[[ -z ${2-} ]] || printf 'bed: %s\n' "$2" >&2
	exit 1
}

# start_log: the log of this run, from its beginning.
start_log() {
	mkdir -p "${BED_LOG%/*}"
	: >"$BED_LOG"
}

# quietly CMD…: run in a subshell with all output into the log, and show its end only when the command fails.
quietly() {
	local status
	printf '+ %s\n' "${*@Q}" >>"$BED_LOG"
	# Not as a condition: there bash would ignore the failures inside of a function.
	set +e
	(
		set -e
		"$@"
	) >>"$BED_LOG" 2>&1 </dev/null
	status=$?
	set -e
	((status == 0)) || {
		tail -n 20 "$BED_LOG" >&2
		die "failed with status $status: ${*@Q}" "everything it said is in $BED_LOG"
	}
}
