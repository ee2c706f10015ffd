#!/bin/bash
# Tell CloudWatch how many packets this NAT instance has lost since it last told.
# $1: the Auto Scaling group, $2: the Region, $3: the kernel's counters of its table of connections, in hexadecimal,
# one line for each CPU under a line of names. What was told is kept in $RUNTIME_DIRECTORY until the next boot.
set -euo pipefail

told=$RUNTIME_DIRECTORY/told
device=$(ip -4 route show default | awk '{ print $5; exit }')

# What EC2 queued or dropped because the instance type may do no more: bandwidth, packets, connections, its own services.
total=$(ethtool -S "$device" | awk '/_allowance_exceeded:/ { sum += $2 } END { print sum + 0 }')

# What the kernel dropped because that table was full; there is none before the first connection.
if [[ -r $3 ]]; then
  while read -r drop early_drop; do
    total=$((total + 16#$drop + 16#$early_drop))
  done < <(awk 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at["drop"], $at["early_drop"] }' "$3")
fi

last=$(cat "$told" 2>/dev/null || echo 0)
# A driver that was loaded anew counts from zero.
((total >= last)) || last=0
aws cloudwatch put-metric-data --region "$2" --cli-connect-timeout 10 --cli-read-timeout 10 \
  --namespace CustomerPortal/NAT --metric-name DroppedPackets --unit Count \
  --dimensions "AutoScalingGroupName=$1" --value "$((total - last))"
# Only now: what could not be told is told the next time.
echo "$total" > "$told"
