#!/bin/bash
# A Slurm of two nodes on this one machine, for trying `--on slurm`: Debian's slurm-wlm, slurmdbd, slurm-wlm-mysql-plugin, mariadb-server and munge, without systemd.
#   slurm.sh start <folder>    starts munged, MariaDB, slurmdbd, slurmctld and two slurmd, all below the folder
#   slurm.sh stop <folder>     ends what start started, by the numbers of its processes
# After `start`, SLURM_CONF=<folder>/slurm.conf is what sbatch, scontrol, squeue and sacct need. It wants root, and is for a machine that is thrown away.
set -euo pipefail
action=${1:?start or stop}; folder=$(realpath -m "${2:?a folder}")
host=$(hostname -s)

# Two nodes by one name of host: each slurmd has its own port, name and spool.
settings() {
  cat > "$folder/slurm.conf" <<CONF
ClusterName=lesionlab
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmdLogFile=$folder/slurmd.%n.log
SlurmdSpoolDir=$folder/spool.%n
StateSaveLocation=$folder/state
SlurmUser=root
AuthType=auth/munge
# A task that was put back waits until its credential has expired, two minutes as a rule.
AuthInfo=cred_expire=10
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=16819
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,bf_interval=2,sched_min_interval=100000,default_queue_depth=1000
SchedulerType=sched/backfill
PriorityType=priority/basic
MpiDefault=none
ReturnToService=2
JobRequeue=1
KillWait=10
OverTimeLimit=0
MinJobAge=600
MaxArraySize=101
SlurmctldTimeout=60
SlurmdTimeout=60
InactiveLimit=0
# One machine stands for two: each is told to have what it has.
SlurmdParameters=config_overrides
NodeName=ward[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[16821-16822] CPUs=2 RealMemory=8000 State=UNKNOWN
PartitionName=short Nodes=ward[1-2] Default=YES MaxTime=10 DefaultTime=5 State=UP
CONF
  cat > "$folder/slurmdbd.conf" <<CONF
AuthType=auth/munge
DbdAddr=127.0.0.1
DbdHost=$host
DbdPort=16819
SlurmUser=root
PidFile=$folder/slurmdbd.pid
LogFile=$folder/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm_acct
CONF
  chmod 600 "$folder/slurmdbd.conf"
}

waitFor() { # waitFor <what> <seconds> <command...>
  local what=$1 seconds=$2; shift 2
  for _ in $(seq "$seconds"); do timeout 5 "$@" > /dev/null 2>&1 && return 0; sleep 1; done
  echo "$what did not come up within $seconds s; see $folder/*.log" >&2; return 1
}

start() {
  mkdir -p "$folder"/{state,mysql,spool.ward1,spool.ward2}
  chmod 755 "$folder"; settings
  # Their usual sockets: clients of Slurm look for these alone.
  mkdir -p /run/munge /run/mysqld; chown mysql /run/mysqld; chown root /run/munge; chmod 755 /run/munge
  # munged wants its key and its folder to be its own.
  [ -f "$folder/munge.key" ] || dd if=/dev/urandom of="$folder/munge.key" bs=128 count=1 2> /dev/null
  chmod 600 "$folder/munge.key"
  munged --force --num-threads 10 --key-file "$folder/munge.key" --pid-file "$folder/munged.pid" \
    --log-file "$folder/munged.log" --seed-file "$folder/munged.seed"
  waitFor munged 10 munge -n

  chown -R mysql "$folder/mysql"
  [ -d "$folder/mysql/mysql" ] || mariadb-install-db --no-defaults --user=mysql --datadir="$folder/mysql" --auth-root-authentication-method=socket > "$folder/mariadb-install.log" 2>&1
  mariadbd --no-defaults --user=mysql --datadir="$folder/mysql" --socket=/run/mysqld/mysqld.sock --skip-networking \
    --pid-file="$folder/mysql/mariadb.pid" --innodb-buffer-pool-size=64M --innodb-lock-wait-timeout=900 > "$folder/mariadb.log" 2>&1 &
  waitFor MariaDB 30 mariadb -S /run/mysqld/mysqld.sock -e 'SELECT 1'
  mariadb -S /run/mysqld/mysqld.sock -e 'CREATE DATABASE IF NOT EXISTS slurm_acct'

  export SLURM_CONF=$folder/slurm.conf
  slurmdbd
  waitFor slurmdbd 30 sacctmgr -n show cluster
  sacctmgr -i add cluster lesionlab > /dev/null 2>&1 || true
  sacctmgr -i add account lab > /dev/null 2>&1 || true
  sacctmgr -i add user root account=lab > /dev/null 2>&1 || true
  slurmctld
  waitFor slurmctld 30 scontrol ping
  for node in ward1 ward2; do slurmd -N "$node"; done
  waitFor 'two nodes' 30 bash -c '[ "$(sinfo -h -t idle -o %D)" = 2 ]'
  echo "export SLURM_CONF=$folder/slurm.conf"
}

stop() {
  for file in slurmd.ward1.pid slurmd.ward2.pid slurmctld.pid slurmdbd.pid mysql/mariadb.pid munged.pid; do
    [ -f "$folder/$file" ] || continue
    pid=$(cat "$folder/$file"); kill "$pid" 2> /dev/null || true
    for _ in $(seq 50); do kill -0 "$pid" 2> /dev/null || break; sleep 0.2; done
  done
}

"$action"
