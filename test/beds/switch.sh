# shellcheck shell=bash
# The switch of several native beds: a network namespace with a bridge, 10.77.0.254, from which a client can reach them.
# test/bed sets BED_*.
# shellcheck disable=SC2153,SC2154

SWITCH_STATE=/run/sandboxcontainer-bed/$BED_ID-switch
readonly SWITCH_STATE

switch_up() {
	lock_bed
	! find_switch >/dev/null || return 0
	mkdir -p "$SWITCH_STATE"
	(
		exec {BED_LOCK}>&-
		print_process "$BASHPID" >"$SWITCH_STATE/process"
		exec setsid unshare --net sleep infinity
	) </dev/null >/dev/null 2>&1 &
	# unshare(1) keeps its process; the namespace is new once it sleeps.
	until [[ $(ps -o comm= -p $!) == sleep ]]; do sleep 0.02; done
	switch_exec sh -ec '
		ip link set lo up
		ip link add switch type bridge forward_delay 0
		ip address add 10.77.0.254/24 dev switch
		ip link set switch up'
}

# switch_exec CMD…: runs a command as a client of the beds.
switch_exec() {
	local pid
	pid=$(find_switch) || die 'the switch is not up' 'test/bed up switch'
	nsenter --target "$pid" --net -- "$@"
}

switch_down() {
	lock_bed
	kill_process "$SWITCH_STATE/process"
	rm -rf "$SWITCH_STATE"
}

find_switch() {
	read_process "$SWITCH_STATE/process"
}

# native_link ADDRESS: plugs the bed into the switch. It is plugged in again at each boot, until the switch is down.
native_link() {
	find_switch >/dev/null || die 'the switch is not up' 'test/bed up switch'
	printf '%s\n' "$1" >"$SWITCH_STATE/$kind.address"
	plug_native
}

native_cut-link() {
	switch_exec ip link set "${kind#native-}" down
}

native_join-link() {
	switch_exec ip link set "${kind#native-}" up
}

# plug_native: gives the bed its bridge net0 with a cable to the switch, if it has an address.
plug_native() {
	local port=${kind#native-}
	[[ -e $SWITCH_STATE/$kind.address ]] || return 0
	switch_exec ip link delete "$port" 2>/dev/null || true
	switch_exec ip link add "$port" type veth peer name cable netns "$(find_native)"
	switch_exec ip link set "$port" master switch up
	# shellcheck disable=SC2016 # for the shell in the bed
	nsenter --target "$(find_native)" --net -- \
		sh -ec '
			ip link add net0 type bridge forward_delay 0
			ip link set cable master net0 up
			ip address add "$1" dev net0
			ip link set net0 up' - "$(<"$SWITCH_STATE/$kind.address")"
}
