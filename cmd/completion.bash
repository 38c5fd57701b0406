# bash completion of covtriage; asks the program itself, so it never falls behind the help.
_covtriage()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]:-} words=
    if [ "$COMP_CWORD" = 1 ]; then
        words="$("$program" --help 2>/dev/null | awk '/^Commands:/{on=1; next} !NF{on=0} on{print $1}') --help --version"
    elif [ "$before" = --set ]; then
        words=$("$program" rules 2>/dev/null | awk 'NR > 1 {print $1 "="}')
        compopt -o nospace
    elif [ "$before" = --lang ]; then
        words="zh en"
    elif [ "$before" = --src-crs ]; then
        words="WGS84 GCJ02 BD09 EPSG:"
    elif [[ $word == -* ]]; then
        words=$("$program" "$command" --help 2>/dev/null |
            grep -oE '^ +(-., +)?--[a-z-]+=?' | grep -oE -- '--.*')
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    [ "${#COMPREPLY[@]}" = 1 ] && [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    [ "${#COMPREPLY[@]}" -gt 0 ] || compopt -o default
}
complete -F _covtriage covtriage
