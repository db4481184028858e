# shellcheck shell=bash
# A process is identified by its id and start time, so that a reused id is never mistaken for it.

# print_process PID: prints "PID STARTTIME" (clock ticks since boot, proc_pid_stat(5) field 22). Fails if the process is
# gone or a zombie.
print_process() {
	local stat fields
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	read -ra fields <<<"${stat##*) }"
	[[ ${fields[0]} != [ZX] ]] || return 1
	printf '%s %s\n' "$1" "${fields[19]}"
}

# read_process FILE: prints the id recorded in FILE, if that same process still runs.
read_process() {
	local recorded
	[[ -s $1 ]] || return 1
	recorded=$(<"$1")
	[[ $(print_process "${recorded% *}") == "$recorded" ]] || return 1
	printf '%s\n' "${recorded% *}"
}

# wait_process_end FILE SECONDS: waits for the recorded process to end. Fails if it still runs after that time.
wait_process_end() {
	local end=$((SECONDS + $2))
	while read_process "$1" >/dev/null; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done
}

# kill_process FILE: kills the recorded process, if it still runs.
kill_process() {
	local pid
	pid=$(read_process "$1") || return 0
	kill -KILL "$pid" 2>/dev/null || true
	wait_process_end "$1" 10 || die "process $pid did not end" "it is recorded in $1"
}
