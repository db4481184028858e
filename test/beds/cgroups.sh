# shellcheck shell=bash
# The bed's own cgroup in every hierarchy of this machine. Its cgroup namespace begins there: all cgroups of the bed are
# below it, and every process found below it belongs to the bed.

uses_cgroup_v2() {
	[[ $(stat --file-system --format %T /sys/fs/cgroup) == cgroup2fs ]]
}

# list_hierarchies: prints the mount points: the one of v2, or those of v1.
list_hierarchies() {
	if uses_cgroup_v2; then
		printf '/sys/fs/cgroup\n'
	else
		findmnt --noheadings --raw --types cgroup --output TARGET | sort -u
	fi
}

# make_cgroups NAME
make_cgroups() {
	local hierarchy controller file
	if uses_cgroup_v2; then
		for controller in $(</sys/fs/cgroup/cgroup.controllers); do
			printf '+%s' "$controller" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
		done
	fi
	for hierarchy in $(list_hierarchies); do
		mkdir -p "$hierarchy/$1"
		# On v1 a cgroup with an empty cpuset accepts no process.
		for file in cpuset.cpus cpuset.mems; do
			[[ ! -e $hierarchy/$file ]] || uses_cgroup_v2 || cat "$hierarchy/$file" >"$hierarchy/$1/$file"
		done
	done
}

# join_cgroups NAME PID
join_cgroups() {
	local hierarchy
	for hierarchy in $(list_hierarchies); do
		printf '%s' "$2" >"$hierarchy/$1/cgroup.procs"
	done
}

# empty_cgroups NAME: kills all processes in the cgroup.
empty_cgroups() {
	local hierarchy pid try
	for try in {1..100}; do
		local -a pids=()
		for hierarchy in $(list_hierarchies); do
			[[ ! -d $hierarchy/$1 ]] || readarray -t -O "${#pids[@]}" pids < <(find "$hierarchy/$1" -name cgroup.procs -exec cat {} + 2>/dev/null)
		done
		((${#pids[@]} > 0)) || return 0
		for pid in "${pids[@]}"; do
			kill -KILL "$pid" 2>/dev/null || true
		done
		sleep 0.05
	done
	die "processes did not end after $try tries: ${pids[*]}"
}

# remove_cgroups NAME: removes the cgroup. Only an empty one can be removed, and a dying process may take a moment to
# leave.
remove_cgroups() {
	local hierarchy
	for hierarchy in $(list_hierarchies); do
		for _ in {1..40}; do
			[[ -d $hierarchy/$1 ]] || break
			# Root inside may have made paths that are longer than a name may be. find removes by open folders.
			find "$hierarchy/$1" -depth -type d -delete 2>/dev/null || sleep 0.05
		done
		[[ ! -d $hierarchy/$1 ]] || die "cannot remove the cgroup $hierarchy/$1"
	done
}
