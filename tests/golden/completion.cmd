# Bash completion: commands, a rule's name, a command's options.
. $GOLDEN/../../cmd/completion.bash
compopt() { :; }
offer() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _covtriage; echo "${COMPREPLY[@]}"; }
offer covtriage tri
offer covtriage rules --set weak_rx
offer covtriage rules --lang ""
offer covtriage rules --over
