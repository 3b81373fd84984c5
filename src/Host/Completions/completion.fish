# Completes `actorload` in fish: actorload completion fish > ~/.config/fish/completions/actorload.fish
function __actorload_complete
    set -l words (commandline -opc)
    set -l line (commandline -cp)
    $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null </dev/null
end
complete -c actorload -f -a '(__actorload_complete)'
