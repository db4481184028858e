# shellcheck shell=bash
# The cached roots: plain Debian trees that mmdebstrap makes once. Every use copies one; they are never booted
# themselves.

readonly BED_SUITE=trixie
BED_CACHE=${SANDBOXCONTAINER_BED_CACHE:-/var/cache/sandboxcontainer-bed}

# list_sources: prints the machine's own apt sources for our suite that a second root can use too, as one-line entries.
list_sources() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.pgp
	[[ -e $keyring ]] || keyring=${keyring%.pgp}.gpg
	# shellcheck disable=SC2016 # apt-get fills these in
	apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
		sort -u |
		while read -r uri release component; do
			# Cloud images put their mirror into a separate file.
			[[ $uri != mirror+file:* ]] || uri=$(awk '/^https?:/ { print $1; exit }' "${uri#mirror+file:}")
			[[ $uri =~ ^https?:// && $release == "$BED_SUITE"* ]] || continue
			printf 'deb [signed-by=%s] %s %s %s\n' "$keyring" "$uri" "$release" "$component"
		done
}

# list_apt_options: prints how this machine reaches its sources (proxy, checks), as apt.conf lines.
list_apt_options() {
	apt-config dump | grep -E '^Acquire::(https?::(Proxy|Verify|CaInfo|CAInfo)|Check-)[^"]*"[^"]' || true
}

# find_cached_root VARIANT PACKAGE… [-- SERVICE…]: prints where the root of these packages is, or will be. Packages
# after `--` start nothing at boot.
find_cached_root() {
	printf '%s/%s/root\n' "$BED_CACHE" "$(printf '%s\n' "$BED_SUITE" "$@" | sha256sum | cut -c 1-12)"
}

# build_cached_root VARIANT PACKAGE… [-- SERVICE…]: makes the root if it is missing.
build_cached_root() {
	build_once "$(find_cached_root "$@")" make_root "$@"
}

# extend_cached_root NUMBER VARIANT PACKAGE… -- SERVICE…: the same, from a copy of the root that lacks the last NUMBER services.
# That takes a quarter of the time.
extend_cached_root() {
	local kept=$(($# - 1 - $1))
	shift
	build_once "$(find_cached_root "$@")" make_from_copy "$(find_cached_root "${@:1:kept}")" "${@:kept+1}"
}

# build_once ROOT COMMAND ARGUMENT…: makes a root that is missing, by COMMAND NEW ARGUMENT…. One builder at a time builds it beside
# its place, and renames it when it is complete.
build_once() {
	local root=$1 command=$2 lock
	[[ ! -d $root ]] || return 0
	mkdir -p "${root%/*}"
	exec {lock}>"${root%/*}/lock"
	flock --nonblock "$lock" || { say 'waiting for another builder of the root'; flock "$lock"; }
	if [[ ! -d $root ]]; then
		command -v mmdebstrap >/dev/null || die 'mmdebstrap is missing' 'test/install-missing bed'
		say "building $root with mmdebstrap (a few minutes, once)"
		# A builder that was killed leaves its mounts.
		findmnt --raw --noheadings --output TARGET | awk -v below="$root.new/" 'index($0, below) == 1' | sort --reverse | xargs --no-run-if-empty umount
		rm -rf --one-file-system "$root.new"
		quietly "$command" "$root.new" "${@:3}"
		sync -f "$root.new"
		mv -T "$root.new" "$root"
	fi
	exec {lock}>&-
}

# remove_cached_root: removes the root of this bed, unless it is the one of every bed.
remove_cached_root() {
	local root
	local -a packages
	[[ ${SANDBOXCONTAINER_BED_PACKAGES-} ]] || return 0
	readarray -t packages < <(list_packages)
	root=$(find_cached_root important "${packages[@]}")
	# Under this name a builder removes what is left if we are killed.
	[[ ! -d $root ]] || mv -T "$root" "$root.new"
	rm -rf --one-file-system "$(dirname "$root")"
}

# make_root ROOT VARIANT PACKAGE… [-- SERVICE…]
make_root() {
	local root=$1 variant=$2
	local -a packages=()
	shift 2
	while (($# > 0)) && [[ $1 != -- ]]; do
		packages+=("$1")
		shift
	done
	run_mmdebstrap "$root" "${*:2}" --variant="$variant" --include="$(printf '%s\n' "${packages[@]}" | paste -sd ,)"
}

# make_from_copy ROOT BASE SERVICE…
make_from_copy() {
	cp -a --reflink=auto "$2" "$1"
	# mmdebstrap makes them again.
	find "$1/dev" -mindepth 1 -delete
	run_mmdebstrap "$1" "${*:3}" --variant=custom --skip=check/empty
}

# run_mmdebstrap ROOT SERVICES OPTION…: SERVICES are words in one text.
run_mmdebstrap() {
	local root=$1 sources
	local -a services=()
	[[ ! $2 ]] || services=(--customize-hook="$(printf '%q ' "$BED_SOURCE/test/beds/add-services") \"\$1\" $2")
	sources=$(list_sources)
	[[ -n $sources ]] || die "this machine has no apt source for Debian $BED_SUITE over http or https"
	list_apt_options >"${root%/*}/apt.conf"
	mmdebstrap --aptopt="${root%/*}/apt.conf" --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
		"${@:3}" "${services[@]}" "$BED_SUITE" "$root" - <<<"$sources"
}

# copy_cached_root DEST VARIANT PACKAGE… [-- SERVICE…]: makes a fresh working copy. An overlay would not work, because
# overlayfs cannot be mounted idmapped.
copy_cached_root() {
	rm -rf --one-file-system "${1:?}"
	mkdir -p "${1%/*}"
	cp -a --reflink=auto "$(find_cached_root "${@:2}")" "$1"
}
