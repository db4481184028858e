# shellcheck shell=bash disable=SC2034,SC2154
# Lets a container whose PID 1 is hostile (hostile.c) try whoever enters it. `hostile` sources this for a sandbox, `peers-in-bed`
# for the containers of other tools. They set TREE, the host's path of the container's root, and `crash`, how it looks when
# a door crashes; and they have these functions:
#   start_hostile MODE   starts the container again, with a PID 1 that loads the library. Returns 1 if it cannot
#   list_doors           prints the host's commands that enter, one a line
#   service_has          prints the rights, the filter and the label of a service
#   end_hostile          ends the container
# The modes:
#   plain      nothing but a look at everything that enters
#   root       another root, with a link for usr         cover      mounts over what the host may execute
#   formats    binfmt_misc                               swap       another topmost root, and back, all the time
#   listener   a seccomp listener                        deep       far down in control groups
#   nested     a user namespace of its own
readonly F=/var/lib/isomx.h MODES='plain root cover formats swap listener deep nested'
[[ -r $HERE/hostile.so ]] || { echo "${0##*/}: hostile.so is missing: cc -shared -fPIC -o hostile.so hostile.c" >&2; exit 2; }
O=$(mktemp -d)
trap 'rm -rf "$O"' EXIT

# wait_hostile: returns when PID 1 has done what its mode says, and 1 if it does not.
wait_hostile() {
	local i
	for ((i = 0; i < 120; i++)); do ! grep -qs hostile "$TREE$F/said" || return 0; sleep 0.5; done
	return 1
}

# enter DOOR: goes in by it, with a folder of the host open and a secret in the environment. Says how it ends, if that is wrong.
enter() {
	local status
	ISOMX=$(</dev/shm/isomx) timeout -k 5 60 bash -c "$1" </dev/null >/dev/null 2>"$O/said" 9</
	status=$?
	((status == 0)) || echo "$1" >>"$O/refused"
	((status != 124 && status != 137)) || echo 'hangs'
	! grep -qE "$crash" "$O/said" || echo "ends with $(tr '\n' ' ' <"$O/said" | head -c 200)"
}

count() { grep -c '' "$TREE$F/$1" 2>/dev/null || true; }
# since FILE LINES: prints what PID 1 has written into a file after that many lines.
since() { tail -n "+$((${2:-0} + 1))" "$TREE$F/$1" 2>/dev/null | tr -d '\0' | sort -u; }

# judge LOOT SEEN RIGHTS FILTER LABEL: says what got through after that many lines of loot and seen, if a service has the rest.
judge() {
	local who rights filter label
	since loot "$1"
	while read -r who rights filter label; do
		[[ $rights =~ ^[0-9a-f]+$ ]] || continue
		((16#$rights & ~16#$3)) && echo "$who has the rights $rights, and a service at most $3"
		[[ $filter == "$4" ]] || echo "$who has system call filter $filter, and a service $4"
		[[ ${label%% (*} == "$5" ]] || echo "$who is '$label', and a service '$5'"
	done < <(since seen "$2")
}

# try_doors: goes in by every door, ends the container, and says what got through.
try_doors() {
	local door rights filter label loot seen before
	: >"$O/refused"
	read -r rights filter label < <(service_has)
	while read -r door; do
		loot=$(count loot) seen=$(count seen)
		{ enter "$door"; sleep 0.2; judge "$loot" "$seen" "$rights" "$filter" "${label%% (*}"; } | sed "s|^|$door: |"
	done < <(list_doors)
	echo "$(count seen) programs entered, $(since said | paste -sd ' ')$(sed 's/^/, failed: /' "$O/refused" | tr -d '\n')" >"$O/summary"
	before=$SECONDS
	end_hostile >/dev/null || echo 'the end fails'
	((SECONDS - before < 60)) || echo "the end takes $((SECONDS - before)) seconds"
}

# try_modes MODE…: prints for each mode: the mode, blocked|BREACH|error, and a detail, with tabs. All that gets through has a
# line of its own, and the last line counts. Returns 1 unless all is blocked.
try_modes() {
	local mode found verdict line result=0
	for mode; do
		if ! start_hostile "$mode"; then
			# SELinux lets systemd map nothing of the sandbox.
			verdict=error
			[[ ! -e /sys/fs/selinux/enforce || -s $TREE$F/said ]] || verdict=blocked
			printf '%s\t%s\t%s\n' "$mode" "$verdict" "PID 1 could not be made hostile, and said '$(since said)'"
		else
			found=$(try_doors)
			verdict=${found:+BREACH}
			while read -r line; do
				printf '%s\t%s\t%s\n' "$mode" "${verdict:=blocked}" "$line"
			done <<<"${found:+$found$'\n'}$(<"$O/summary")"
		fi
		[[ $verdict == blocked ]] || result=1
	done
	return $result
}
