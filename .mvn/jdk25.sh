# Finds a JDK 25 or newer; sourced by mvnw and felix-config/run, POSIX sh.
#
# Sets JAVA_HOME to the first of: JAVA_HOME, JAVA25_HOME, java on PATH, the folders where systems and tools put JDKs.
# Returns 1, with one line on stderr, if there is none. Not exported: that is the caller's to do.

# The folder is a JDK (not only a JRE) of version 25 or newer.
malloc9_is_jdk25() {
  [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  # The file is there in every JDK; asking it saves starting a JVM.
  malloc9_version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) || :
  if [ -z "$malloc9_version" ]; then
    malloc9_version=$("$1/bin/java" -XshowSettings:properties -version 2>&1 |
      sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p')
  fi
  [ "${malloc9_version:-0}" -ge 25 ]
}

# The home of the java on PATH, links followed.
malloc9_java_on_path() {
  malloc9_java=$(command -v java 2>/dev/null) || return 0
  while [ -L "$malloc9_java" ]; do
    malloc9_link=$(readlink "$malloc9_java")
    case $malloc9_link in
      /*) malloc9_java=$malloc9_link ;;
      *) malloc9_java=${malloc9_java%/*}/$malloc9_link ;;
    esac
  done
  malloc9_java=${malloc9_java%/*}
  printf '%s\n' "${malloc9_java%/*}"
}

malloc9_find_jdk25() {
  if malloc9_is_jdk25 "${JAVA_HOME:-}"; then
    return 0
  fi
  malloc9_on_path=$(malloc9_java_on_path)
  # mvnw runs with globbing off; sdkman's candidates and macOS bundles need it.
  case $- in *f*) malloc9_glob=off ;; *) malloc9_glob=on ;; esac
  set +f
  for malloc9_home in "${JAVA25_HOME:-}" "$malloc9_on_path" \
    /usr/lib/jvm/*25* /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/*25* "${HOME:-}"/.jdks/*25* \
    /Library/Java/JavaVirtualMachines/*25*/Contents/Home /opt/*jdk*25*; do
    if malloc9_is_jdk25 "$malloc9_home"; then
      JAVA_HOME=$malloc9_home
      break
    fi
    malloc9_home=
  done
  [ "$malloc9_glob" = on ] || set -f
  if [ -z "$malloc9_home" ]; then
    echo "malloc9 needs a JDK 25 or newer, and none was found: install one or set JAVA25_HOME" >&2
    return 1
  fi
}
