#!/bin/bash
# At every boot of a NAT instance: forward what the app subnets send under this instance's own address, and tell
# CloudFormation once a packet went through. Exit with an error where that cannot be had: nat.service then powers the
# instance off, which ends it, and its Auto Scaling group starts another one.
# $1: the Region, $2: the stack, $3: the logical id of the Auto Scaling group in it.
set -euo pipefail
PATH=$PATH:/opt/aws/bin

# Five minutes for all tries together.
start_clock() { deadline=$(($(date +%s) + 300)); }

# Run a command until it succeeds: up to six tries, 10 to 60 s apart, each ended after a minute.
insist() {
  local pause left
  for pause in 10 20 30 40 60 0; do
    left=$((deadline - $(date +%s)))
    ((left > 0)) || break
    timeout --kill-after=5 "$((left < 60 ? left : 60))" "$@" && return
    ((pause > 0 && $(date +%s) + pause < deadline)) || break
    sleep "$pause"
  done
  echo "gave up: $*" >&2
  return 1
}

# At a first boot others hold rpm's lock, or change what dnf has just read (aws-cdk #36717, amazon-linux-2023 #397).
install_packages() { rpm --query --quiet "$@" || insist dnf install -y "$@"; }

# dnf needs more than the 512 MB of a nano instance (amazon-linux-2023 #404).
add_swap() {
  local file=$STATE_DIRECTORY/swap
  [[ -f $file ]] || (umask 077 && dd if=/dev/zero of="$file" bs=1M count=1024 && mkswap "$file") || return
  swapon "$file"
}
add_swap || echo "no swap: going on without" >&2

# The packages come from S3 over HTTPS, through the gateway endpoint.
start_clock
install_packages nftables aws-cfn-bootstrap

sysctl --write net.ipv4.ip_forward=1
# No address is bound to a name of a device: masquerade on whatever carries the default route. The ports are those
# that the network ACLs let answers back to. ICMP has none; without it no sender learns of a smaller packet size.
device=$(ip -4 route show default | awk '{ print $5; exit }')
nft -f - <<RULES
table ip nat
delete table ip nat
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "$device" meta l4proto { tcp, udp } masquerade to :32768-65535
    oifname "$device" masquerade
  }
}
RULES

# A host behind this one, with an address that nobody has (TEST-NET-1): what it sends is forwarded, not our own.
ip netns delete behind 2> /dev/null || true
ip netns add behind
ip link add behind type veth peer name eth0 netns behind
ip address add 192.0.2.1/30 dev behind
ip link set behind up
ip -netns behind address add 192.0.2.2/30 dev eth0
ip -netns behind link set eth0 up
ip -netns behind route add default via 192.0.2.1
addresses=$(insist getent ahostsv4 "cloudformation.$1.amazonaws.com")
insist ip netns exec behind bash -c "exec 3<> /dev/tcp/${addresses%% *}/443"
ip netns delete behind

# It identifies itself by the instance's identity document and needs no permission; it tries again by itself. Outside a
# deployment nobody waits for the signal, and CloudFormation refuses it.
cfn-signal --success true --region "$1" --stack "$2" --resource "$3" || echo "no deployment waits for us" >&2

# From here on the instance is a NAT: what fails below is told by an alarm that misses its data.
start_clock
if install_packages ethtool awscli-2; then
  systemctl start nat-dropped-packets.timer
fi
