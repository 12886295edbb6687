# Folders, files and the encoding of their names; sourced by run, POSIX sh. Needs $here, $mode and fail.

# Refuses a path with a line feed, which neither the shell nor a message can carry.
require_one_line() {
  for path; do
    case $path in *"
"*) fail "a line feed in a path: $(printf '%s' "$path" | tr '\n' '?')" ;; esac
  done
}

# Makes load, the folder to watch, absolute. A session waits for a folder that does not exist yet; a batch, which would end
# without it, does not. File Install would take a name with a comma for two.
find_load() {
  named=$load
  if [ "$mode" = interactive ] && [ ! -e "$named" ]; then
    case $named in /*) ;; *) load=$(pwd -P)/$named ;; esac
    printf 'felix-config/run: %s does not exist yet; it is watched as soon as it does\n' "$named" >&2
  else
    load=$(CDPATH='' cd -- "$named" 2>/dev/null && pwd -P) || fail "no folder to watch: $named"
  fi
  case $load in *,*) fail "cannot watch a folder with a comma in its name: $load" ;; esac
}

# Makes keep, the folder of configurations, absolute.
find_keep() {
  named=$keep
  keep=$(mkdir -p -- "$named" 2>/dev/null && CDPATH='' cd -- "$named" 2>/dev/null && pwd -P) || fail "cannot keep configurations in $named"
  [ -w "$keep" ] || fail "cannot keep configurations in $named: no permission to write"
}

# Sets history to the file of the shell's history; to nothing, with one line, if there is no place for it.
find_history() {
  history=${MALLOC9_HISTORY:-}
  if [ -z "$history" ]; then
    if [ -z "${HOME:-}" ]; then
      echo "felix-config/run: no history is kept: neither HOME nor MALLOC9_HISTORY is set" >&2
      return
    fi
    history=$HOME/.malloc9_history
  fi
  if [ -e "$history" ]; then [ -f "$history" ] && [ -w "$history" ]; else [ -w "$(dirname -- "$history")" ]; fi || {
    printf 'felix-config/run: no history is kept: cannot write %s\n' "$history" >&2
    history=
  }
}

# In the locale C the JVM cannot name a file outside ASCII: another locale of the same language, with UTF-8.
use_utf8() {
  case $(locale charmap 2>/dev/null) in
    ANSI_X3.4-1968 | US-ASCII | 646 | '') ;;
    *) return 0 ;;
  esac
  for locale in C.UTF-8 C.utf8 en_US.UTF-8; do
    if [ "$(LC_ALL=$locale locale charmap 2>/dev/null)" = UTF-8 ]; then
      LC_ALL=$locale
      export LC_ALL
      return 0
    fi
  done
}

# Refuses a folder of this distribution that the JVM cannot have on its class path.
require_class_path() {
  case $1 in
    *:*) fail "the JVM takes no class path from a folder with a colon in its name: $1" ;;
    *[!\ -~]*)
      ! command -v iconv >/dev/null ||
        printf '%s' "$1" | iconv -f "$(locale charmap 2>/dev/null || echo UTF-8)" -t UTF-8 >/dev/null 2>&1 ||
        fail "the name of this folder is not in the encoding of the locale: $1"
      ;;
  esac
}
