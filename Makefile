# make help lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PREFIX ?= /usr
DESTDIR ?=
LIBDIR := $(PREFIX)/lib/sandboxcontainer
LIBEXECDIR := $(PREFIX)/libexec/sandboxcontainer
UNITDIR := $(PREFIX)/lib/systemd/system

RUNTIME := node_modules/node-linux-$(if $(filter aarch64,$(shell uname -m)),arm64,x64)
NODE := $(RUNTIME)/bin/node
BIN := $(NODE) node_modules
ADDON := node_modules/node-libvirt
HELPERS := launch stop populate label

.PHONY: help build check test demo install clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

build: dist/lib/.built dist/lib/libvirt.node ## the bundles and the libvirt addon, into dist/

# CommonJS: Node loads it some milliseconds faster than an ES module.
dist/lib/.built: node_modules/.installed $(wildcard generator/*.ts helpers/*.ts helpers/*/*.ts)
	rm -f dist/lib/*.cjs
	$(NODE) node_modules/esbuild/bin/esbuild generator=generator/main.ts $(foreach h,$(HELPERS) sandboxcontainer,$(h)=helpers/$(h).ts) \
		--bundle --platform=node --format=cjs --target=node22.18 --outdir=dist/lib --out-extension:.js=.cjs \
		--define:PREFIX='"$(PREFIX)"' --log-level=warning
	touch $@

dist/lib/libvirt.node: node_modules/.installed
	@pkg-config --exists libvirt || { echo 'libvirt.pc is missing: apt-get install libvirt-dev' >&2; exit 1; }
	cd $(ADDON) && PATH="$(CURDIR)/$(RUNTIME)/bin:$$PATH" node ../node-gyp/bin/node-gyp.js rebuild --nodedir=$(CURDIR)/$(RUNTIME) --loglevel=error
	mkdir -p dist/lib
	cp $(ADDON)/build/Release/libvirt.node $@

check: node_modules/.installed ## types, lint, unit tests: no root, under a minute
	$(NODE) node_modules/typescript/bin/tsc
	$(NODE) node_modules/eslint/bin/eslint.js .
	$(NODE) node_modules/prettier/bin/prettier.cjs --check --log-level=warn .
	$(NODE) node_modules/knip/bin/knip.js
	$(NODE) --test 'test/unit/**/*.test.ts'

install: build ## below DESTDIR, with PREFIX
	install -d -m 0755 $(addprefix $(DESTDIR),$(LIBDIR) $(LIBEXECDIR) $(UNITDIR) $(PREFIX)/bin $(PREFIX)/lib/systemd/system-generators $(PREFIX)/lib/tmpfiles.d)
	install -d -m 0755 $(DESTDIR)/etc/sandboxcontainer $(DESTDIR)/etc/sandboxcontainer/defaults.conf.d
	install -m 0755 $(NODE) $(DESTDIR)$(LIBDIR)/node
	install -m 0644 dist/lib/*.cjs dist/lib/libvirt.node $(DESTDIR)$(LIBDIR)/
	for helper in $(HELPERS); do \
		printf '#!%s/node\nrequire("%s/%s.cjs");\n' $(LIBDIR) $(LIBDIR) $$helper | install -m 0755 /dev/stdin $(DESTDIR)$(LIBEXECDIR)/$$helper; \
	done
	printf '#!%s/node\nrequire("%s/sandboxcontainer.cjs");\n' $(LIBDIR) $(LIBDIR) | install -m 0755 /dev/stdin $(DESTDIR)$(PREFIX)/bin/sandboxcontainer

test: ## everything: the checks, then the tests in the beds (root)
	test/all $(NODE)

demo: ## two web servers in sandboxes, from nothing (root)
	test/demo

clean: ## what make built
	rm -rf dist build coverage
