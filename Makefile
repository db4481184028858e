# make help lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PREFIX ?= /usr
DESTDIR ?=
LIBDIR := $(PREFIX)/lib/sandboxcontainer
LIBEXECDIR := $(PREFIX)/libexec/sandboxcontainer
# libvirtd runs a program of ours from here: AppArmor lets it run only programs in this folder (usr.sbin.libvirtd).
LIBVIRTDIR := $(PREFIX)/lib/libvirt
# Of every distribution, whatever PREFIX is (OCF resource agent API).
OCFDIR := /usr/lib/ocf/resource.d/sandboxcontainer
UNITDIR := $(PREFIX)/lib/systemd/system
GENERATORDIR := $(PREFIX)/lib/systemd/system-generators
SYSCTLDIR := $(PREFIX)/lib/sysctl.d
COCKPITDIR := $(PREFIX)/share/cockpit/sandboxes
METAINFODIR := $(PREFIX)/share/metainfo
MANAGERDIR := $(PREFIX)/lib/systemd/system.conf.d
NETWORKDIR := $(PREFIX)/lib/systemd/network
LIMITSDIR := /etc/security/limits.d

# What a start is prepared with must be what it is launched with (helpers/run/plan/kept-plan.ts).
SOURCES := $(shell find base conf generator helpers policy/apparmor -type f | LC_ALL=C sort)
BUILD = $(shell sha256sum $(SOURCES) | sha256sum | cut -c 1-16)
VERSION := $(shell sed -n 's/.*"version": "\(.*\)".*/\1/p' package.json)
# The runtime that runs our programs and is shipped: node or bun.
RUNTIME ?= bun
MACHINE := $(shell uname -m)
NODEDIR := node_modules/node-linux-$(if $(filter aarch64,$(MACHINE)),arm64,x64)
NODE := $(NODEDIR)/bin/node
# The baseline build is for all processors, as Node's is.
BUN := node_modules/@oven/bun-linux-$(if $(filter aarch64,$(MACHINE)),aarch64,x64-baseline)/bin/bun
# See Decisions in HACKING.md. V8 gets one thread, because the generator ends before more would help. 0 means one for each processor.
GENERATORFLAGS := --no-rehash-snapshot --v8-pool-size=1
ADDON := node_modules/node-libvirt
HELPERS := ask-address configure destroy detach follow-servers guard hold image launch make-root reload stop tidy upgrade inside/relax
# What acts between the host and the inside. It loads nothing, so that it does not run what somebody inside has put in the
# place of a library.
NATIVE := dist/lib/enter dist/lib/enter-network dist/lib/filter dist/lib/copy-console dist/lib/proxy dist/lib/unless-stopped \
	dist/lib/measure-tree
NATIVEFLAGS := -std=c17 -Wall -Wextra -Wformat=2 -Wconversion -Wshadow -Werror -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection $(if $(filter aarch64,$(MACHINE)),-mbranch-protection=standard,-fcf-protection) \
	-Wl,-z,relro,-z,now,-z,noexecstack
SCRIPTS := drop-datagrams \
	inside/ask-address \
	inside/configure \
	inside/ended \
	inside/generators/units \
	inside/init \
	inside/online \
	inside/private-root \
	inside/ready \
	inside/reload \
	inside/renew-credentials \
	inside/run \
	inside/start \
	inside/unpack \
	load-policy \
	load-ports \
	stop-idle

# The policy is built if the distribution's files for it are installed, and installed if it was built.
POLICYDIR := $(PREFIX)/share/selinux/packages
POLICYDEVEL := /usr/share/selinux/devel
POLICY := $(if $(wildcard $(POLICYDEVEL)/Makefile),dist/policy/.built)

# Packages that the packages we bundle ask for, and do without.
ABSENT := supports-color usocket x11 xml2js
BUILT := dist/lib/.built-$(or $(filter node bun,$(RUNTIME)),$(error RUNTIME is node or bun, not $(RUNTIME)))

# Executables by the interpreter line, which costs no shell: SELinux tells their domain from the type of that file.
START_node := \#!@LIBDIR@/node\nrequire("@LIBDIR@/%s.cjs");\n
START_bun := \#!@LIBDIR@/runtime %s\n
# For the command, env sets what the units set for the other programs.
COMMAND_node := $(START_node)
COMMAND_bun := \#!/usr/bin/env -S BUN_JSC_thresholdForJITAfterWarmUp=20000 @LIBDIR@/runtime %s\n
PROGRAM_node := node
PROGRAM_bun := runtime
LICENSE_node := $(NODEDIR)/LICENSE
LICENSE_bun := packaging/bun-license
GENERATOR_node := @LIBDIR@/node $(GENERATORFLAGS) @LIBDIR@/start-generator.cjs
GENERATOR_bun := @LIBDIR@/runtime sandboxcontainer-generator "$$0"

.PHONY: help build policy cockpit verbs check check-bun test faults mutants bench picture demo install install-cockpit deb rpm cockpit-deb cockpit-rpm clean
# Each recipe runs as one script.
.ONESHELL:

help: ## shows this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

cockpit/node_modules/.installed: cockpit/package.json cockpit/package-lock.json
	cd cockpit
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch node_modules/.installed

cockpit: node_modules/.installed cockpit/node_modules/.installed ## checks the page of Cockpit, and builds it into dist/cockpit/
	cd cockpit
	for project in src .; do ../$(NODE) node_modules/typescript/bin/tsc --project $$project; done
	../$(NODE) ../node_modules/eslint/bin/eslint.js .
	../$(NODE) --test --test-reporter=dot 'test/unit/*.test.ts'
	../$(NODE) build.ts

build: $(BUILT) dist/lib/libvirt.node dist/lib/calls.node $(NATIVE) ## builds the programs and the addons, into dist/

# The bundles are CommonJS, because Node loads it some milliseconds faster than an ES module.
define BUILD_node
	$(NODE) node_modules/esbuild/bin/esbuild generator=generator/main.ts start-generator=generator/start.ts $(foreach h,$(notdir $(HELPERS)) sandboxcontainer,$(h)=helpers/$(h).ts) \
		--bundle --platform=node --format=cjs --target=node22.18 --outdir=dist/lib --out-extension:.js=.cjs \
		$(ABSENT:%=--alias:%=./helpers/host/absent-module.ts) --define:PREFIX='"$(PREFIX)"' --define:VERSION='"$(VERSION)"' --define:BUILD='"$(BUILD)"' --log-level=warning
	$(NODE) $(GENERATORFLAGS) generator/compile.ts dist/lib
	ln -s $(CURDIR)/$(NODE) dist/lib/node
endef

# Of the working directory it reads nothing, and whatever is not found now fails. ES modules, since only they can be loaded one by one.
define BUILD_bun
	$(BUN) build helpers/runtime.ts --compile --outfile=dist/lib/runtime --target=bun --format=esm --splitting --bytecode \
		$(patsubst %,--no-compile-autoload-%,dotenv bunfig tsconfig package-json) \
		--tsconfig-override=$(CURDIR)/tsconfig.bundle.json --reject-unresolved --define=PREFIX='"$(PREFIX)"' --define=VERSION='"$(VERSION)"' --define=BUILD='"$(BUILD)"' >/dev/null
endef

$(BUILT): Makefile tsconfig.bundle.json node_modules/.installed $(SOURCES)
	rm -rf dist/start dist/lib/{*.cjs,generator.code,node,runtime,.built*}
	mkdir -p dist/lib dist/start/inside
	$(BUILD_$(RUNTIME))
	for program in $(HELPERS) sandboxcontainer; do
		grep -qF "[\"$${program##*/}\"," helpers/runtime.ts || { echo "helpers/runtime.ts lacks $$program" >&2; exit 1; }
		printf '$(START_$(RUNTIME))' "$${program##*/}" >dist/start/$$program
	done
	printf '$(COMMAND_$(RUNTIME))' sandboxcontainer >dist/start/sandboxcontainer
	sed 's|@GENERATOR@|$(GENERATOR_$(RUNTIME))|' generator/sandboxcontainer-generator >dist/start/sandboxcontainer-generator
	touch $@

dist/lib/libvirt.node: node_modules/.installed
	@pkg-config --exists libvirt || { echo 'libvirt.pc is missing: apt-get install libvirt-dev' >&2; exit 1; }
	PATH="$(CURDIR)/$(NODEDIR)/bin:$$PATH" $(NODE) node_modules/node-gyp/bin/node-gyp.js rebuild \
		--directory=$(ADDON) --nodedir=$(CURDIR)/$(NODEDIR) --loglevel=error
	mkdir -p dist/lib
	cp $(ADDON)/build/Release/libvirt.node $@

dist/lib/enter: $(addprefix helpers/native/,enter.c join.c relay.c rights.c target.c)
dist/lib/enter-network: $(addprefix helpers/native/,enter-network.c rights.c target.c)
dist/lib/filter: $(addprefix helpers/native/,filter.c rights.c)
dist/lib/copy-console: $(addprefix helpers/native/,copy-console.c plain-text.c)
dist/lib/unless-stopped: helpers/native/unless-stopped.c
dist/lib/measure-tree: helpers/native/measure-tree.c
dist/lib/proxy: $(addprefix helpers/native/,proxy.c connection.c)
$(NATIVE): $(wildcard helpers/native/*.h)
	mkdir -p dist/lib
	$(CC) $(NATIVEFLAGS) -fPIE -static-pie -o $@ $(filter %.c,$^)

# It uses only what both runtimes have of Node-API. They define its functions, so the linker does not look for them.
dist/lib/calls.node: $(wildcard helpers/native/calls/*) node_modules/.installed
	mkdir -p dist/lib
	$(CC) $(NATIVEFLAGS) -DNAPI_VERSION=8 -isystem $(NODEDIR)/include/node -fvisibility=hidden -fPIC -shared -pthread -o $@ $(filter %.c,$^)

policy: dist/policy/.built ## builds the SELinux policy modules, into dist/policy

dist/policy/.built: $(wildcard policy/*.*)
	@[[ -e $(POLICYDEVEL)/Makefile ]] || { echo '$(POLICYDEVEL) is missing: apt-get install selinux-policy-dev' >&2; exit 1; }
	mkdir -p dist/policy
	cp $^ dist/policy
	$(MAKE) --silent -C dist/policy -f $(POLICYDEVEL)/Makefile $(patsubst policy/%.te,%.pp,$(wildcard policy/*.te))
	touch $@

# What check runs, the longest first, as many at the same time as there are processors.
CHECKS := $(addprefix check-,lint tests shared-tests types format scripts unused)
check: node_modules/.installed $(BUILT) $(NATIVE) dist/lib/calls.node ## checks types, lint, unit tests and properties: no root
	$(MAKE) --no-print-directory --keep-going --output-sync=target $(if $(filter -j%,$(MAKEFLAGS)),,--jobs=$$(nproc)) $(CHECKS)

# Node keeps what it has compiled, so that it is done once and not in each process.
$(CHECKS): export NODE_COMPILE_CACHE := $(CURDIR)/node_modules/.cache/node
.PHONY: $(CHECKS)
check-types:
	$(NODE) node_modules/typescript/bin/tsc --incremental --tsBuildInfoFile node_modules/.cache/tsc.json
check-lint:
	$(NODE) node_modules/eslint/bin/eslint.js .
check-format:
	$(NODE) node_modules/prettier/bin/prettier.cjs --check --cache --log-level=warn .
check-unused:
	$(NODE) node_modules/knip/bin/knip.js
check-scripts:
	test/check-scripts
check-tests:
	test/unit-tests $(NODE) own
check-shared-tests:
	test/unit-tests $(NODE) shared

verbs: node_modules/.installed ## writes what is made from the verbs: see "A new verb" in HACKING.md
	UPDATE_GOLDEN=1 $(NODE) --test --test-reporter=dot test/unit/command/documents.test.ts

check-bun: node_modules/.installed $(BUILT) $(NATIVE) dist/lib/calls.node ## runs the unit tests and the properties with Bun
	$(BUN) test --parallel --timeout=600000 test/unit test/faults/properties

test: ## tests everything: the checks, then the tests in the beds, in about an hour (root)
	test/all $(NODE)

faults: ## lets everything fail that can, in hours; continues where it stopped (root)
	test/faults/run

mutants: node_modules/.installed $(BUILT) ## changes the source in thousands of places, and looks whether a test notices, in an hour
	$(NODE) test/faults/mutants/main.ts

bench: ## compares sandboxes with podman, nspawn, LXC and plain units; writes build/bench.json (root)
	test/install-missing build bed
	test/bench

picture: ## draws docs/first-minute.svg again; needs a native bed that is up (root)
	$(NODE) test/first-steps/main.ts

demo: ## shows two web servers in sandboxes, from a fresh clone (root)
	test/demo

# Text files contain paths for PREFIX=/usr; this adapts them.
RELOCATE := sed 's|@LIBDIR@|$(LIBDIR)|g; s|/usr/libexec/sandboxcontainer|$(LIBEXECDIR)|g; s|/usr/lib/sandboxcontainer/inside|$(LIBDIR)/inside|g; s|/usr/bin/sandboxcontainer|$(PREFIX)/bin/sandboxcontainer|g; s|/usr/share/selinux/packages|$(POLICYDIR)|g'

install: build $(POLICY) ## installs below DESTDIR, with PREFIX
	install -d $(addprefix $(DESTDIR),$(LIBDIR)/apparmor $(LIBDIR)/inside $(LIBEXECDIR)/inside/generators $(UNITDIR) $(GENERATORDIR) $(PREFIX)/bin)
	install -d $(DESTDIR)/etc/sandboxcontainer/defaults.conf.d
	rm -f $(DESTDIR)$(LIBDIR)/{*.cjs,generator.code,node,runtime}
	install -m 0755 dist/lib/$(PROGRAM_$(RUNTIME)) $(DESTDIR)$(LIBDIR)/
	find dist/lib -type f -name '*.*' ! -name '.*' -exec install -m 0644 -t $(DESTDIR)$(LIBDIR) {} +
	put() { $(RELOCATE) "$$2" | install -m "$$1" /dev/stdin "$(DESTDIR)$$3"; }
	for script in $(SCRIPTS); do put 0755 helpers/$$script $(LIBEXECDIR)/$$script; done
	install -m 0755 dist/lib/enter dist/lib/enter-network dist/lib/unless-stopped dist/lib/measure-tree $(DESTDIR)$(LIBEXECDIR)/
	install -m 0755 dist/lib/filter $(DESTDIR)$(LIBEXECDIR)/inside/filter
	install -m 0755 dist/lib/copy-console $(DESTDIR)$(LIBEXECDIR)/copy-console
	install -m 0755 dist/lib/proxy $(DESTDIR)$(LIBEXECDIR)/proxy
	install -D -m 0755 helpers/controller $(DESTDIR)$(LIBVIRTDIR)/sandboxcontainer-controller
	install -D -m 0755 helpers/cluster/sandbox $(DESTDIR)$(OCFDIR)/sandbox
	put 0755 dist/start/sandboxcontainer-generator $(GENERATORDIR)/sandboxcontainer-generator
	install -D -m 0644 units/sysctl/10-sandboxcontainer-sysctl.conf $(DESTDIR)$(SYSCTLDIR)/10-sandboxcontainer.conf
	install -D -m 0644 units/sysctl/70-sandboxcontainer.link $(DESTDIR)$(NETWORKDIR)/70-sandboxcontainer.link
	install -D -m 0644 units/sysctl/10-sandboxcontainer-system.conf $(DESTDIR)$(MANAGERDIR)/10-sandboxcontainer.conf
	for daemon in libvirtd virtlxcd; do
		install -D -m 0644 units/sysctl/10-sandboxcontainer-libvirt.conf $(DESTDIR)$(UNITDIR)/$$daemon.service.d/10-sandboxcontainer.conf
	done
	install -D -m 0644 units/sysctl/10-sandboxcontainer-limits.conf $(DESTDIR)$(LIMITSDIR)/10-sandboxcontainer.conf
	put 0644 units/ports.nft $(LIBDIR)/ports.nft
	for rules in policy/apparmor/*; do put 0644 $$rules $(LIBDIR)/apparmor/$${rules##*/}; done
	for unit in units/*.{path,service,target,timer}; do put 0644 $$unit $(UNITDIR)/$${unit##*/}; done
	install -d $(DESTDIR)$(UNITDIR)/multi-user.target.wants
	ln -sfn ../sandboxcontainer-tidy.service $(DESTDIR)$(UNITDIR)/multi-user.target.wants/sandboxcontainer-tidy.service
	for firewall in nftables firewalld; do
		install -d $(DESTDIR)$(UNITDIR)/$$firewall.service.d
		put 0644 units/firewall.conf $(UNITDIR)/$$firewall.service.d/10-sandboxcontainer.conf
	done
	install -d $(DESTDIR)$(UNITDIR)/sysinit.target.wants
	ln -sfn ../sandboxcontainer-guard.service $(DESTDIR)$(UNITDIR)/sysinit.target.wants/sandboxcontainer-guard.service
	for unit in units/inside/*.{mount,service,socket,target}; do put 0644 $$unit $(LIBDIR)/inside/$${unit##*/}; done
	install -D -m 0644 units/inside/systemd-journal-flush.conf $(DESTDIR)$(LIBDIR)/inside/systemd-journal-flush.service.d/10-sandboxcontainer.conf
	install -D -m 0644 units/inside/no-firewall.conf $(DESTDIR)$(LIBDIR)/inside/systemd-journald.service.d/20-sandboxcontainer.conf
	for unit in systemd-journald systemd-tmpfiles-setup; do
		install -D -m 0644 units/inside/no-credentials.conf $(DESTDIR)$(LIBDIR)/inside/$$unit.service.d/10-sandboxcontainer.conf
	done
	sed '/^#/d' units/inside/masked | while read -r unit; do ln -sfn /dev/null $(DESTDIR)$(LIBDIR)/inside/$$unit; done
	for helper in $(HELPERS); do put 0755 dist/start/$$helper $(LIBEXECDIR)/$$helper; done
	put 0755 dist/start/sandboxcontainer $(PREFIX)/bin/sandboxcontainer
	for page in man/*.[1-9]; do install -D -m 0644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done
	install -D -m 0644 completion/bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sandboxcontainer
	install -D -m 0644 completion/zsh $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_sandboxcontainer
	install -D -m 0644 completion/fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/sandboxcontainer.fish
	install -D -m 0644 packaging/tmpfiles.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/sandboxcontainer.conf
	install -D -m 0644 $(LICENSE_$(RUNTIME)) $(DESTDIR)$(PREFIX)/share/doc/sandboxcontainer/LICENSE.$(RUNTIME)
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/sandboxcontainer README.md SECURITY.md NEWS.md docs/json.md docs/metrics.md docs/coming-from.md
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/sandboxcontainer/metrics docs/metrics/*
	[[ -n "$(POLICY)" ]] || exit 0
	install -d $(DESTDIR)$(POLICYDIR) $(DESTDIR)$(POLICYDEVEL)/include/contrib
	install -m 0644 dist/policy/*.pp policy/*.cil $(DESTDIR)$(POLICYDIR)/
	install -m 0644 policy/*.if $(DESTDIR)$(POLICYDEVEL)/include/contrib/

install-cockpit: cockpit ## installs the page of Cockpit below DESTDIR, with PREFIX
	rm -rf $(DESTDIR)$(COCKPITDIR)
	install -D -m 0644 -t $(DESTDIR)$(COCKPITDIR) dist/cockpit/*
	install -D -m 0644 -t $(DESTDIR)$(METAINFODIR) cockpit/sandboxcontainer.cockpit.metainfo.xml

deb: ## builds build/sandboxcontainer_VERSION_ARCH.deb
	packaging/build-deb $(VERSION)

rpm: ## builds build/sandboxcontainer-VERSION-1.ARCH.rpm
	packaging/build-rpm $(VERSION)

cockpit-deb: ## builds build/cockpit-sandboxes_VERSION_all.deb
	packaging/build-cockpit-deb $(VERSION)

cockpit-rpm: ## builds build/cockpit-sandboxes-VERSION-1.noarch.rpm
	packaging/build-cockpit-rpm $(VERSION)

clean: ## removes what make built
	rm -rf dist build coverage
