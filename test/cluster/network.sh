#!/bin/bash
# Namespaces of the network for workers of a queue on this one machine, so that each can be cut off by itself. It wants root.
#   network.sh start <name> <number>...   a namespace <name><number> for each number, at 10.77.<number>.2; this machine is 10.77.<number>.1 to it
#   network.sh cut|join <name> <number>   drops every packet of one, without a word to either side; lets them pass again
#   network.sh stop <name> <number>...
# A program is started in one with `ip netns exec <name><number> ...`; it sees the same disks, and no other network.
set -euo pipefail
action=$1 name=$2; shift 2
for number in "$@"; do
  space=$name$number inside=veth${number}i outside=veth${number}o
  case $action in
    start)
      ip netns add "$space"
      ip link add "$outside" type veth peer name "$inside" netns "$space"
      ip addr add "10.77.$number.1/30" dev "$outside"; ip link set "$outside" up
      ip -n "$space" addr add "10.77.$number.2/30" dev "$inside"
      ip -n "$space" link set "$inside" up; ip -n "$space" link set lo up ;;
    # Dropped, not refused: as when a cable is pulled.
    cut) iptables -I INPUT -i "$outside" -j DROP; iptables -I OUTPUT -o "$outside" -j DROP ;;
    join) iptables -D INPUT -i "$outside" -j DROP; iptables -D OUTPUT -o "$outside" -j DROP ;;
    stop) ip netns del "$space" 2> /dev/null || true; ip link del "$outside" 2> /dev/null || true ;;
  esac
done
