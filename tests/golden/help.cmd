# The table of commands; each has a help of its own.
covtriage --help
for command in $(covtriage --help | awk '/^Commands:/{on=1; next} !NF{on=0} on{print $1}'); do
    covtriage $command --help | head -n 1
    covtriage help $command | grep -c -e '--help' >/dev/null || echo "$command does not teach"
done
