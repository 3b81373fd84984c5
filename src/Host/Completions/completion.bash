# Completes `actorload` in bash. In ~/.bashrc: eval "$(actorload completion bash)"
_actorload() {
    local program=${BASH_ALIASES[$1]:-$1} line=${COMP_LINE:0:COMP_POINT} word kept answer
    word=${line##*[[:space:]]}
    # bash replaces only what stands after the last of these signs.
    kept=$word
    [[ $COMP_WORDBREAKS == *=* ]] && kept=${kept##*=}
    [[ $COMP_WORDBREAKS == *:* ]] && kept=${kept##*:}
    COMPREPLY=()
    while IFS= read -r answer; do
        answer=${answer#"${word%"$kept"}"}
        [[ $answer == *[[:space:]]* ]] && printf -v answer %q "$answer"
        COMPREPLY+=("$answer")
    done < <($program "[suggest:${#line}]" "$line" 2>/dev/null </dev/null)
    # More follows a folder, a part of a key, and a key.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[./=] ]]; then compopt -o nospace; fi
}
complete -F _actorload actorload
