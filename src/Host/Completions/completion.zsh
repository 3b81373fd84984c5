#compdef actorload
# Completes `actorload` in zsh. In ~/.zshrc, after compinit: eval "$(actorload completion zsh)"
_actorload() {
    local line="${(j: :)words[1,CURRENT-1]} $PREFIX"
    local -a answers begun
    answers=("${(@f)$(${=aliases[$words[1]]:-$words[1]} "[suggest:${#line}]" "$line" 2>/dev/null </dev/null)}")
    # More follows a folder, a part of a key, and a key.
    begun=(${(M)answers:#*[./=]})
    answers=(${answers:#*[./=]})
    (( $#begun )) && compadd -S '' -- $begun
    (( $#answers )) && compadd -- $answers
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _actorload "$@"; else compdef _actorload actorload; fi
