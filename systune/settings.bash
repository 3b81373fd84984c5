# What systune/apply and systune/restore share: reading and writing settings of the kernel. Sourced, not run.
# These scripts parse messages of the kernel and of bash, which must be English.
export LC_ALL=C

me=${0##*/}
# shellcheck disable=SC2034 # exit codes, for those who source this
readonly ok=0 cannot=1 bad_usage=2 left_changed=3 interrupted=130

# put_all writes values[i] to keys[i]. read_saved fills saved_keys and saved.
keys=() values=() saved_keys=()
declare -A saved=()

# leave CODE LINE...: prints the lines on stderr and exits.
leave() {
    local code=$1
    shift
    printf "$me: %s\n" "$@" >&2
    exit "$code"
}

# path_of KEY: its file. A key that is a path already is a file of sysfs.
path_of() {
    case $1 in
        /*) echo "$1" ;;
        *) echo "/proc/sys/${1//.//}" ;;
    esac
}

# present KEY: its value, with one blank between numbers; of "always [madvise] never" the choice in brackets. Fails if unreadable.
present() {
    local words
    { read -ra words <"$(path_of "$1")" || ((${#words[@]} > 0)); } 2>/dev/null || return 1
    if [[ "${words[*]}" =~ \[([^]]+)\] ]]; then echo "${BASH_REMATCH[1]}"; else echo "${words[*]}"; fi
}

# why_not KEY: prints why it cannot be written; fails if it can. Checks rights only for root.
why_not() {
    local path
    path=$(path_of "$1")
    if [[ ! -e $path ]]; then
        echo "this kernel ($(uname -r)) does not have it, or this network namespace does not"
    elif ! present "$1" >/dev/null; then
        echo "it cannot be read"
    elif [[ $(stat -c %A "$path") != ?-w* && $(stat -c %A "$path") != ??w* ]]; then
        echo "it belongs to the whole machine and is read-only in this network namespace"
    elif ((EUID == 0)) && [[ ! -w $path ]]; then
        echo "$path is mounted read-only, as in most containers"
    else
        return 1
    fi
}

# put KEY VALUE: writes it and checks that the kernel has it now. Fails with the reason in $reason.
put() {
    local said now
    if ! said=$({ printf '%s\n' "$2" >"$(path_of "$1")"; } 2>&1); then
        reason=${said##*: }
    elif now=$(present "$1") && [[ $now != "$2" ]]; then
        reason="the kernel changed it to \"$now\""
    else
        return 0
    fi
    return 1
}

# put_all: writes keys[] = values[], all or none. If one fails, or a signal comes, all earlier ones get their old values back.
# Sets $failure to the problem and $code to the exit code. Exits by itself if a value could not be put back.
put_all() {
    local i was
    undo_keys=() undo_values=() failure='' code=$cannot
    trap 'failure="stopped by a signal" code=$interrupted' INT TERM HUP
    for i in "${!keys[@]}"; do
        was=$(present "${keys[i]}")
        [[ -z $failure ]] || break
        undo_keys+=("${keys[i]}") undo_values+=("$was")
        put "${keys[i]}" "${values[i]}" || failure=${failure:-"${keys[i]} cannot be set to \"${values[i]}\": $reason"}
        [[ -z $failure ]] || break
    done
    trap '' INT TERM HUP
    if [[ -n $failure ]]; then undo; fi
    trap - INT TERM HUP
    [[ -z $failure ]]
}

# In reverse order. Includes the failed one, if the kernel changed it anyway.
undo() {
    local i left=()
    for ((i = ${#undo_keys[@]} - 1; i >= 0; i--)); do
        [[ $(present "${undo_keys[i]}") != "${undo_values[i]}" ]] || continue
        put "${undo_keys[i]}" "${undo_values[i]}" || left+=("${undo_keys[i]} could not be put back ($reason): it was \"${undo_values[i]}\"")
    done
    if ((${#left[@]} > 0)); then
        leave $left_changed "$failure" "${left[@]}" "put these back by hand, with sysctl -w; all saved values are in $state"
    fi
}

# A restart clears both the settings and /run, where the old values are saved.
state=/run/actorload/systune.saved

# circumstances: the boot and the network namespace of the saved values.
circumstances() {
    echo "boot=$(</proc/sys/kernel/random/boot_id) net=$(readlink /proc/self/ns/net)"
}

# read_saved: reads saved[KEY]=VALUE and saved_keys[] from $state. Exits if the file is of another boot or namespace, or unreadable.
read_saved() {
    local line key value number=0
    { [[ -f $state ]] && exec {file}<"$state"; } 2>/dev/null || leave $cannot "$state cannot be read; nothing was changed"
    while IFS= read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        if ((number == 1)); then
            same_circumstances "$line"
            continue
        fi
        key=${line%%$'\t'*} value=${line#*$'\t'}
        if [[ $line != *$'\t'* || -z $value || ! $key =~ ^(/sys/kernel/mm/[a-z_/]+|[a-z0-9_.]+)$ ]]; then
            leave $cannot "$state:$number: \"$line\" is not a saved value; nothing was changed. Fix that line (key, tab, value), or remove the" \
                "file: then the old values are lost, until a restart of the machine brings back the kernel's own"
        fi
        # shellcheck disable=SC2034 # for those who source this
        saved[$key]=$value
        saved_keys+=("$key")
    done <&"$file"
    exec {file}<&-
    ((number > 0)) || leave $cannot "$state is empty; nothing was changed. Remove it: nothing is saved in it"
}

same_circumstances() {
    local now
    now=$(circumstances)
    if [[ $1 == "# $now" ]]; then return; fi
    if [[ $1 != "# boot="* ]]; then
        leave $cannot "$state holds no values saved by systune/apply; nothing was changed. Name another file with --state"
    elif [[ ${1%% net=*} == "# ${now%% net=*}" ]]; then
        leave $cannot "the values in $state belong to another network namespace (${1##* net=}, this is ${now##* net=}); nothing was changed." \
            "Do it there, or name another file with --state"
    else
        leave $cannot "the values in $state were saved before the last restart, which brought back the kernel's own; nothing was changed." \
            "Remove that file"
    fi
}

# alone: takes the lock against another apply or restore.
alone() {
    if ! { mkdir -p "${state%/*}" && exec {lock}<"${state%/*}"; } 2>/dev/null; then
        leave $cannot "${state%/*} is not a directory and cannot be made, so the present values cannot be saved; nothing was changed." \
            "Name another file with --state"
    fi
    flock -n "$lock" || leave $cannot "another apply or restore is at work on ${state%/*}; nothing was changed"
}

need_root() {
    ((EUID == 0)) || leave $cannot "only root may change kernel settings; nothing was changed. Use sudo, or look first: $me --dry-run"
}
