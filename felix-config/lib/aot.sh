# The JDK's AOT cache: classes of the JDK and the framework, loaded and linked ahead of time. POSIX sh, sourced by run.
#
# A run after a build makes the cache in the background, at the lowest priority. Needs $here, $java, $class_path and $framework.

# The JVM's options of every run.
jvm_options='--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=deny --add-opens=java.base/java.net=ALL-UNNAMED'

# The JVM's options of a run with a cache: a damaged one, or one that the JVM cannot use, is no reason for a warning.
aot_options='-XX:+VerifySharedSpaces -Xlog:aot*=off -Xlog:cds*=off'

# Sets aot to the cache of this JDK and framework; to nothing if the JVM is given an option under which a cache may be useless:
# the JVM would then start without its own class data too, more slowly than without a cache.
aot_find() {
  aot=
  set -f
  for option in ${MALLOC9_JAVA_OPTS:-} ${JDK_JAVA_OPTIONS:-} ${JAVA_TOOL_OPTIONS:-}; do
    case $option in
      -D* | -Xm[snx]* | -Xss* | -ea* | -da* | -esa | -dsa) ;;
      *) set +f; return 0 ;;
    esac
  done
  set +f
  [ ! -r "$JAVA_HOME/release" ] || aot=$here/target/aot/${framework:-felix}-$(cksum <"$JAVA_HOME/release" | tr ' ' -).aot
}

# Makes the cache, unless another process does or it failed since the last build. It has another name until it is whole.
aot_train() {
  mkdir -p "$here/target/aot" 2>/dev/null || return 0
  [ "$aot.begun" -nt "$here/target/stamp" ] || rm -f "$aot.begun" 2>/dev/null || return 0
  (set -C; : >"$aot.begun") 2>/dev/null || return 0
  # The first child of the shell ends at once, so that the second one is not a child of the shell.
  (
    (
      unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS
      trap 'rm -f "$aot.conf" "$aot.new"' EXIT
      trap 'rm -f "$aot.begun"; exit 1' HUP INT TERM
      TMPDIR=$here/target/aot
      export TMPDIR
      nice -n 19 "$java" $jvm_options $aot_options -XX:AOTMode=record -XX:AOTConfiguration="$aot.conf" \
        -Dmalloc9.home="$felix" -Dmalloc9.loader.conf=/dev/null -Dorg.jline.terminal.provider=dumb \
        -cp "$class_path" dev.malloc9.launcher.Main 'vmstat -m; sysctl -a; kldstat' &&
        nice -n 19 "$java" $jvm_options $aot_options -XX:AOTMode=create -XX:AOTConfiguration="$aot.conf" -XX:AOTCache="$aot.new" \
          -cp "$class_path" &&
        [ -f "$here/target/stamp" ] && [ ! "$here/target/stamp" -nt "$aot.begun" ] && mv "$aot.new" "$aot"
    ) </dev/null >/dev/null 2>&1 &
  )
}
