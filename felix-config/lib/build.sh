# Builds the distribution if a source is newer than it; sourced by run, POSIX sh. Needs $root, $here and fail.

# The distribution is current if no source is newer than the stamp that its last build began with.
is_current() {
  [ -f "$here/target/stamp" ] && [ -z "$(find "$root/pom.xml" "$root/kernel-bundle" "$root/bundles" "$root/sample-modules" "$here" \
    \( -name target -o -name test \) -prune -o \
    \( -name pom.xml -o -name bnd.bnd -o -path '*/src/*' \) -type f -newer "$here/target/stamp" -print 2>/dev/null | head -n 1)" ]
}

# Turns Maven's output into one line a module: "[INFO] Building NAME VERSION   [K/N]".
build_progress() {
  while IFS= read -r line; do
    case $line in
      '[INFO] Building '*' ['*/*']')
        name=${line#'[INFO] Building '} count=${line##*'['}
        name=${name%%  *} count=${count%]}
        echo "felix-config/run: building ${name% *} (${count%/*} of ${count#*/})"
        ;;
    esac
  done
}

# Builds, and tells the progress on stderr; on failure Maven's errors. A signal ends Maven too.
build() {
  [ -x "$root/mvnw" ] || fail "nothing to build from: no $root/mvnw"
  mkdir -p "$here/target" && : >"$here/target/stamp.new" || fail "cannot write to $here/target"
  # A jar of a module that no longer exists would still be loaded.
  rm -rf "$here/target/felix" "$here/target/aot"
  log=$here/target/build.log pid=$here/target/build.pid
  trap 'kill "$(cat "$pid")" 2>/dev/null; exit 129' HUP
  trap 'kill "$(cat "$pid")" 2>/dev/null; exit 130' INT
  trap 'kill "$(cat "$pid")" 2>/dev/null; exit 143' TERM
  echo "felix-config/run: building the distribution; the first build downloads its dependencies" >&2
  {
    sh -c 'echo $$ >"$1" && cd "$2" && exec ./mvnw --batch-mode -Dmaven.test.skip=true -pl felix-config -am package' \
      build "$pid" "$root" 2>&1 || echo FAILED
  } | tee "$log" | build_progress >&2 &
  wait $! || :
  trap - HUP INT TERM
  rm -f "$pid"
  if [ "$(tail -n 1 "$log")" = FAILED ]; then
    if grep -q '^\[ERROR\]' "$log"; then grep '^\[ERROR\]' "$log" | head -n 20 >&2; else tail -n 20 "$log" >&2; fi
    fail "the build failed; its output is in $log"
  fi
  mv "$here/target/stamp.new" "$here/target/stamp"
  echo "felix-config/run: the distribution is built" >&2
}
