#!/bin/bash
# A 5-fold cross-validation on Slurm with a time limit that interrupts each job, and a node that is drained, beside the same on one machine.
#   slurmTrial.sh <data> <folder> <one> [epochs]    <one>: run folder of the same on one machine, as queueTrial.sh makes it
# SLURM_CONF is that of slurm.sh. The time limit is a minute, the signal comes up to a minute before it, so that a task has at most about 40 seconds: on a busy
# machine little more than it takes to begin. LESIONLAB_TRIAL_MINUTES and LESIONLAB_TRIAL_NOTICE (seconds) give others.
set -euo pipefail
data=$1 folder=$(realpath -m "$2") one=$3 epochs=${4:-40}
here=$(cd "$(dirname "$0")" && pwd); lesionlab="node $here/../../bin/lesionlab.js"
export LESIONLAB_CACHE=$folder/cache; mkdir -p "$folder"
say() { echo "$(date +%T) $*"; }
trap 'scontrol update nodename=ward1 state=resume 2> /dev/null || true' EXIT
$lesionlab cross-validate "$data" --run "$folder/slurm" --model lenet --epochs "$epochs" --folds 5 --threads 1 \
  --on "slurm: --time=${LESIONLAB_TRIAL_MINUTES:-1} --signal=B:USR1@${LESIONLAB_TRIAL_NOTICE:-25}" > "$folder/slurm.log" 2>&1 & asker=$!
for _ in $(seq 120); do [ "$(squeue -h -t R | wc -l)" -ge 3 ] && break; sleep 1; done
squeue -h -o '%i %T %N'; say "ward1 is drained"; scontrol update nodename=ward1 state=drain reason=trial
sleep 60; sinfo -N -h -o '%N %T'; squeue -h -o '%i %T %r %N'; say "ward1 is back"; scontrol update nodename=ward1 state=resume
status=0; wait $asker || status=$?; say "the call ended with status $status"; grep -i slurm "$folder/slurm.log" || true
same=0
for fold in 1 2 3 4 5; do cmp "$one/fold-$fold/checkpoints/best.safetensors" "$folder/slurm/fold-$fold/checkpoints/best.safetensors" && same=$((same + 1)); done
cmp "$one/predictions.csv" "$folder/slurm/predictions.csv" && say "pooled predictions are the same"
say "weights of $same of 5 folds are the same, byte for byte"
node -e '
const { readFileSync, readdirSync } = require("node:fs");
const folder = process.argv[1];
for (const name of readdirSync(`${folder}/jobs`).filter((n) => n.endsWith(".jsonl"))) {
  const lines = readFileSync(`${folder}/jobs/${name}`, "utf8").trim().split("\n").map(JSON.parse);
  console.log(name.padEnd(24), lines.map(({ event }) => event).join(", "), lines.filter(({ event }) => event === "done").length === 1 ? "" : "NOT DONE ONCE");
}
for (const name of readdirSync(`${folder}/slurm`).filter((n) => n.endsWith(".json")))
  for (const task of JSON.parse(readFileSync(`${folder}/slurm/${name}`))) console.log(task.jobs.join("+"), task.states.join(" "), "on", task.nodes.join(" "), task.seconds, "s");
' "$folder/slurm"
