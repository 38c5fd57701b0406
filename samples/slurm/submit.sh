#!/usr/bin/env bash
# The measurement grid on a Slurm cluster: one array task a shard, one job that joins the parts.
#
# usage: samples/slurm/submit.sh OUT CRS SHARD... [-- GRID_OPTION...]
#   OUT    the grid: .csv, .gpkg or .tif, on storage that all nodes see
#   CRS    the plane of the bins, the same for all shards: EPSG:32650
#   SHARD  sample files
# Options behind -- go to `covtriage grid`: --bin-m 20 --by-cell --quantiles 5,50,95 ...
# Options of sbatch (partition, memory, account) go into SBATCH_PARTITION and its like.
#
# A task that is killed, or whose node is lost, is put back into the queue by Slurm. Nothing has
# to be resumed: a part is there whole or not at all. Prints the number of the joining job.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 3 ]; then
    sed -n '4,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
out=$(realpath -m "$1") crs=$2
shift 2
parts=$out.parts
mkdir -p "$parts"
: >"$parts/shards"
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    realpath "$1" >>"$parts/shards"
    shift
done
[ $# -eq 0 ] || shift
count=$(wc -l <"$parts/shards")
printf '%q ' --dst-crs "$crs" "$@" >"$parts/options"

array=$(sbatch --parsable --requeue --array="0-$((count - 1))" --job-name=covtriage-shard \
    --output="$parts/%a.log" --open-mode=append "$here/shard.sh" "$parts")
sbatch --parsable --requeue --dependency="afterok:$array" --kill-on-invalid-dep=yes \
    --job-name=covtriage-merge --output="$parts/merge.log" "$here/merge.sh" "$parts" "$out"
