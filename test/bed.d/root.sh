# shellcheck shell=bash
# The cached root: a plain Debian with the packages of test/bed-packages, shared by all beds and never booted itself.

readonly BED_SUITE=trixie
readonly BED_PACKAGES=$BED_SOURCE/test/bed-packages

list_packages() {
	sed 's/#.*//; s/[[:space:]]//g; /^$/d' "$BED_PACKAGES"
}

# list_sources: the machine's own apt sources for our suite that a second root can use too, as one-line entries.
list_sources() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.pgp
	[[ -e $keyring ]] || keyring=${keyring%.pgp}.gpg
	# shellcheck disable=SC2016 # apt-get fills these in
	apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
		sort -u |
		while read -r uri release component; do
			# Cloud images name their mirror in a file of its own.
			[[ $uri != mirror+file:* ]] || uri=$(awk '/^https?:/ { print $1; exit }' "${uri#mirror+file:}")
			[[ $uri == http?(s)://* && $release == "$BED_SUITE"* ]] || continue
			printf 'deb [signed-by=%s] %s %s %s\n' "$keyring" "$uri" "$release" "$component"
		done
}

# list_apt_options: how this machine reaches its sources (proxy, checks), as apt.conf lines.
list_apt_options() {
	apt-config dump | grep -E '^Acquire::(https?::(Proxy|Verify|CaInfo|CAInfo)|Check-)[^"]*"[^"]' || true
}

# find_cached_root: where the root for this package list is, or will be.
find_cached_root() {
	local key
	key=$({ printf '%s\n' "$BED_SUITE"; list_packages | sort; } | sha256sum | cut -c 1-12)
	printf '%s/%s/root\n' "$BED_CACHE" "$key"
}

# build_cached_root: make it if it is missing: built beside, renamed when complete, by one builder at a time.
build_cached_root() {
	local root sources lock
	root=$(find_cached_root)
	[[ ! -d $root ]] || return 0
	mkdir -p "${root%/*}"
	exec {lock}>"${root%/*}/lock"
	flock --nonblock "$lock" || { say 'waiting for another builder of the root'; flock "$lock"; }
	if [[ ! -d $root ]]; then
		command -v mmdebstrap >/dev/null || die 'mmdebstrap is missing' 'test/install-missing bed'
		sources=$(list_sources)
		[[ -n $sources ]] || die "this machine has no apt source of Debian $BED_SUITE on http or https"
		say "building the root with mmdebstrap (about two minutes, once): $root"
		rm -rf --one-file-system "${root:?}.new"
		list_apt_options >"${root%/*}/apt.conf"
		quietly make_root "$root.new" "$sources"
		sync -f "$root.new"
		mv -T "$root.new" "$root"
	fi
	exec {lock}>&-
}

# make_root ROOT SOURCES
make_root() {
	mmdebstrap --variant=important \
		--aptopt="${1%/*}/apt.conf" --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
		--include="$(list_packages | paste -sd ,)" "$BED_SUITE" "$1" - <<<"$2"
}

# copy_root: a fresh working copy of the cached root, in BED_ROOT.new until it is set up.
copy_root() {
	local root
	root=$(find_cached_root)
	rm -rf --one-file-system "${BED_ROOT:?}.new"
	mkdir -p "${BED_ROOT%/*}"
	cp -a --reflink=auto "$root" "$BED_ROOT.new"
}
