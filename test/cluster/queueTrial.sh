#!/bin/bash
# A 5-fold cross-validation on a queue whose workers and server come to harm, beside the same on one machine.
#   queueTrial.sh <data> <folder> [epochs]      wants root, Debian's redis-server (another one, or a Valkey: LESIONLAB_REDIS_SERVER=/path), iproute2 and iptables
# Two workers in network namespaces of their own. One is killed with all it started, one is cut off for two minutes, Redis is restarted; then weights and
# pooled numbers are compared, byte for byte, and the journals are read for jobs that were lost or done twice. What was done on one machine is kept in <folder>/one.
set -euo pipefail
data=$1 folder=$(realpath -m "$2") epochs=${3:-40}
here=$(cd "$(dirname "$0")" && pwd); lesionlab="node $here/../../bin/lesionlab.js"
export LESIONLAB_CACHE=$folder/cache
mkdir -p "$folder/redis"
options="--model lenet --epochs $epochs --folds 5 --threads 1"
say() { echo "$(date +%T) $*"; }

redis() {
  "${LESIONLAB_REDIS_SERVER:-redis-server}" --port 16380 --bind 127.0.0.1 10.77.1.1 10.77.2.1 --protected-mode no --dir "$folder/redis" --appendonly yes \
    --daemonize yes --pidfile "$folder/redis/pid" --logfile "$folder/redis/log" > /dev/null
}
worker() { # worker <number> <name>
  setsid ip netns exec "lab$1" $lesionlab worker redis://10.77.$1.1:16380 > "$folder/$2.log" 2>&1 &
  echo $! > "$folder/$2.pid"
}
killGroup() { kill -"$1" -- -"$(cat "$folder/$2.pid")" 2> /dev/null || true; }
finish() {
  for name in worker1 worker1b worker2; do [ -f "$folder/$name.pid" ] && killGroup TERM "$name"; done
  redis-cli -p 16380 shutdown nosave > /dev/null 2>&1 || true
  "$here/network.sh" stop lab 1 2
  iptables -D INPUT -i veth2o -j DROP 2> /dev/null || true; iptables -D OUTPUT -o veth2o -j DROP 2> /dev/null || true
}
trap finish EXIT
until_() { for _ in $(seq 600); do eval "$1" && return 0; sleep 0.5; done; say "waited in vain: $1"; return 1; }
epochs_of() { cat "$folder/queue/$1/metrics.jsonl" 2> /dev/null | wc -l; }
begun() { grep -l "\"event\":\"began\"" "$folder"/queue/jobs/fold-?.jsonl 2> /dev/null | wc -l; }

if [ ! -f "$folder/one/cross-validation.json" ]; then
  say "on one machine"; $lesionlab cross-validate "$data" --run "$folder/one" $options > "$folder/one.log" 2>&1
fi
"$here/network.sh" start lab 1 2; redis; sleep 1
worker 1 worker1; worker 2 worker2
say "on the queue"
$lesionlab cross-validate "$data" --run "$folder/queue" $options --on redis://127.0.0.1:16380 > "$folder/queue.log" 2>&1 & asker=$!
until_ '[ "$(begun)" -ge 2 ]'; until_ '[ $(( $(epochs_of fold-1) + $(epochs_of fold-2) )) -ge 4 ]'
say "worker 1 is killed, with its child: fold-1 has $(epochs_of fold-1) epochs, fold-2 $(epochs_of fold-2)"; killGroup KILL worker1
sleep 3; worker 1 worker1b; say "another worker in its place"
until_ '[ "$(begun)" -ge 3 ]'
say "worker 2 is cut off"; "$here/network.sh" cut lab 2; cut=$(date +%s)
sleep 30; say "Redis is restarted"; redis-cli -p 16380 shutdown > /dev/null 2>&1 || true; sleep 8; redis; say "Redis is back"
left=$((120 - $(date +%s) + cut)); [ "$left" -le 0 ] || sleep "$left"; "$here/network.sh" join lab 2; say "worker 2 is on the network again, after $(( $(date +%s) - cut )) s"
status=0; wait $asker || status=$?; say "the call ended with status $status"

same=0
for fold in 1 2 3 4 5; do cmp "$folder/one/fold-$fold/checkpoints/best.safetensors" "$folder/queue/fold-$fold/checkpoints/best.safetensors" && same=$((same + 1)); done
cmp "$folder/one/predictions.csv" "$folder/queue/predictions.csv" && say "pooled predictions are the same"
say "weights of $same of 5 folds are the same, byte for byte"
node -e '
const { readFileSync, readdirSync } = require("node:fs");
const [one, queue] = process.argv.slice(1).map((f) => JSON.parse(readFileSync(`${f}/cross-validation.json`)));
const pick = ({ pooled, folds }) => JSON.stringify([pooled, folds.map(({ run, ...rest }) => rest)]);
console.log("pooled numbers are", pick(one) === pick(queue) ? "the same" : "OTHER");
const folder = `${process.argv[2]}/jobs`;
for (const name of readdirSync(folder).filter((n) => n.endsWith(".jsonl"))) {
  const lines = readFileSync(`${folder}/${name}`, "utf8").trim().split("\n").map(JSON.parse);
  console.log(name.padEnd(24), lines.map(({ event, pid }) => `${event} (${pid})`).join(", "), lines.filter(({ event }) => event === "done").length === 1 ? "" : "NOT DONE ONCE");
}' "$folder/one" "$folder/queue"
