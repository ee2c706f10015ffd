# The one shell of a build. Requests come line by line on a pipe, each names a file with one command; the
# command is read into this shell, so that variables, functions and the working folder last to the next one.
# Argument: the folder with the pipes "requests" and "results", the commands, and the shell's saved state.
# shellcheck disable=SC1090,SC1091
__rehearsal=$1
set --
exec 3<"$__rehearsal/requests" 4>"$__rehearsal/results"
# A command that leaves the shell ends itself only: the next shell goes on where this one was.
[ ! -e "$__rehearsal/state" ] || . "$__rehearsal/state" 2>/dev/null
trap '{ declare -p; printf "cd -- %q\n" "$PWD"; } >"$__rehearsal/state" 2>/dev/null' EXIT
while IFS=' ' read -r -u 3 __rehearsal_verb __rehearsal_file __rehearsal_rest; do
  case $__rehearsal_verb in
    run)
      export CODEBUILD_BUILD_SUCCEEDING="$__rehearsal_rest"
      . "$__rehearsal/$__rehearsal_file" 3<&- 4>&-
      ;;
    export)
      for __rehearsal_name in $__rehearsal_rest; do
        printf '%s=%s\0' "$__rehearsal_name" "${!__rehearsal_name-}"
      done >"$__rehearsal/$__rehearsal_file"
      ;;
  esac
  printf '%s\n' "$?" >&4
done
