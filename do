#!/usr/bin/env bash
# The habits of the house, one word each. `./do help` lists them.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
die() {
	printf 'do: %s\n' "$1" >&2
	[ $# -lt 2 ] || printf '    remedy: %s\n' "$2" >&2
	exit 1
}

# ---- Debian packages ------------------------------------------------------

# Installs what the groups need, or says which line the administrator types.
need() {
	command -v dpkg-query >/dev/null || {
		say "not a Debian system: see tools/packages.txt for what is needed"
		return 0
	}
	local missing
	mapfile -t missing < <(tools/packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || die "packages are missing: ${missing[*]}" \
		"sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
	say "installing ${#missing[@]} Debian packages: ${missing[*]}"
	local apt=(env DEBIAN_FRONTEND=noninteractive apt-get
		-o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -q)
	"${apt[@]}" update ||
		say "apt-get update had faults; trying with the list we have"
	"${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
		die "apt-get could not install the packages above" \
			"read its message; on a broken dpkg: dpkg --configure -a; then ./do again"
}

# ---- building -------------------------------------------------------------

jobs() { echo "${JOBS:-$(nproc)}"; }

# setup DIR COMPILER OPTIONS...: configures once, again when options changed.
setup() {
	local dir=$1 compiler=$2 want
	shift 2
	want="$compiler $*"
	command -v ccache >/dev/null && compiler="ccache $compiler"
	if [ -f "$dir/build.ninja" ]; then
		[ "$(cat "$dir/.do-options" 2>/dev/null)" != "$want" ] || return 0
		[ -f "$dir/.do-options" ] || return 0
		rm -rf "$dir"
	fi
	say "configuring $dir"
	CC=$compiler meson setup "$dir" "$@" >"$dir.log" 2>&1 || {
		tail -n 20 "$dir.log" >&2
		die "meson could not configure $dir" "the reason stands above; all of it in $dir.log"
	}
	mv "$dir.log" "$dir/setup.log"
	echo "$want" >"$dir/.do-options"
}

compile() {
	say "compiling $1"
	ninja -C "$1" -j "$(jobs)" "${@:2}" ||
		die "$1 does not compile" "the first message above names file and line"
}

build() {
	need build
	setup build gcc
	compile build
}

# The tools of the browser and schema tests, as locked in tests/package-lock.json.
node_tools() {
	local dir=build/npm
	[ -f tests/package-lock.json ] || return 0
	export NODE_PATH=$PWD/$dir/node_modules
	cmp -s tests/package-lock.json $dir/installed.json && return 0
	say "installing the locked npm tools into $dir"
	mkdir -p $dir
	cp tests/package.json tests/package-lock.json $dir/
	(cd $dir && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit \
		--no-fund --ignore-scripts --loglevel=error) ||
		die "npm ci failed" "is the npm registry reachable? then ./do test again"
	cp tests/package-lock.json $dir/installed.json
}

# run_tests DIR ARGS...: every suite; the tally counts what it wrote.
run_tests() {
	local dir=$1
	shift
	rm -f "$dir"/meson-logs/testlog.*
	say "testing $dir"
	meson test -C "$dir" --no-rebuild --print-errorlogs \
		--num-processes "$(jobs)" "$@" || return 1
}

# ---- verbs ----------------------------------------------------------------

do_build() { # compile; leaves build/forewarn and build/forewarnd
	build
	[ -x build/forewarnd ] || die "build/forewarnd was not made" "see src/process/meson.build"
	say "done: build/forewarn and build/forewarnd"
}

do_demo() { # start the service with sample data and print addresses and logins
	build
	[ -x demo/run ] || die "this tree has no demo/run" "git status; the demo is part of a whole clone"
	exec demo/run "$@"
}

do_test() { # every suite on the release build: unit db golden scenario access jail hostile http browser fuzz
	need build test
	build
	node_tools
	local bad=0
	run_tests build "$@" || bad=1
	tools/tally build
	return $bad
}

do_ci() { # test + sanitizers + clang + lint; ends with "N passed, N failed"
	need build test dev
	local bad=0 began=$SECONDS
	stage "test" do_test || bad=1
	stage "sanitizers" sanitized || bad=1
	stage "clang" clang_build || bad=1
	stage "lint" do_lint || bad=1
	say "took $((SECONDS - began)) s"
	tools/tally build build-asan build/stages || bad=1
	return $bad
}

# stage NAME COMMAND: runs it, notes the outcome for the tally and the time.
stage() {
	local name=$1 began=$SECONDS outcome=ok
	shift
	mkdir -p build/stages/meson-logs
	[ "$name" != "test" ] || rm -f build/stages/meson-logs/*
	( "$@" ) || outcome="not ok"
	echo "$outcome - $name ($((SECONDS - began)) s)" |
		tee -a build/stages/meson-logs/stages.tap >&2
	[ "$outcome" = ok ]
}

# Instrumented code draws false warnings from gcc 12, so -Werror is left to the
# two plain builds.
sanitized() {
	setup build-asan gcc -Db_sanitize=address,undefined -Dwerror=false
	compile build-asan
	ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		run_tests build-asan --timeout-multiplier 4
}

clang_build() {
	setup build-clang clang
	compile build-clang
}

do_lint() { # style, layers, documents, static analysis; tools/lint NAME runs one check
	need build test dev
	build
	setup build-clang clang
	tools/lint "$@"
}

do_bench() { # measure the figures of the README; NAME for one of them
	need build test dev
	build
	[ -x bench/run ] || die "this tree has no bench/run" "git status; bench/ is part of a whole clone"
	bench/run "$@"
}

do_fuzz() { # run every fuzz target for [seconds] each, default 60
	need build dev
	local seconds=${1:-60} target name found=0
	case $seconds in *[!0-9]* | '') die "seconds must be a number, not '$seconds'" "./do fuzz 60" ;; esac
	setup build-fuzz clang -Dfuzz=true -Dwerror=false -Db_sanitize=address,undefined -Db_lundef=false
	compile build-fuzz
	for target in build-fuzz/fuzz/fuzz_*; do
		case $target in *.p) continue ;; esac
		found=$((found + 1))
		name=${target##*/fuzz_}
		mkdir -p "build-fuzz/corpus/$name" "fuzz/corpus/$name"
		say "fuzzing $name for $seconds s"
		"$target" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 \
			-timeout=10 -rss_limit_mb=1024 -artifact_prefix="build-fuzz/crash-$name-" \
			"build-fuzz/corpus/$name" "fuzz/corpus/$name" ||
			die "$name found a fault; its input is build-fuzz/crash-$name-*" \
				"mend it, then keep the input in fuzz/corpus/$name/ as a test"
	done
	[ $found -gt 0 ] || die "no fuzz target was built" "see fuzz/meson.build"
	say "done: $found targets, no fault"
}

do_docs() { # manual pages as HTML and the state of the specification, in build/docs
	need build dev
	build
	mkdir -p build/docs
	local page
	for page in build/man/*.[1-8]; do
		[ -f "$page" ] || continue
		mandoc -Thtml "$page" >"build/docs/$(basename "$page").html"
	done
	tools/rules >build/docs/rules.txt
	say "done: build/docs"
}

do_install() { # install under the prefix (default /usr/local; DESTDIR is honoured)
	build
	meson install -C build --no-rebuild || die "installation failed" "install as root, or set DESTDIR"
}

do_clean() { # remove every build directory
	rm -rf build build-asan build-clang build-fuzz build-*.log
	say "done"
}

do_help() { # this list
	printf 'usage: ./do VERB\n\n'
	sed -n 's/^do_\([a-z]*\)() { # /\1\t/p' ./do | while IFS=$'\t' read -r verb what; do
		printf '  %-8s %s\n' "$verb" "$what"
	done
}

verb=${1:-help}
[ $# -eq 0 ] || shift
declare -F "do_$verb" >/dev/null || die "there is no verb '$verb'" "./do help"
"do_$verb" "$@"
