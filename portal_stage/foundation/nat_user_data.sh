#!/bin/bash
# First boot of a NAT instance: forward what the app subnets send, under this instance's own address.
set -euo pipefail

# The packages come from S3 over HTTPS, through the gateway endpoint.
dnf install -y nftables
echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/90-nat.conf
sysctl --load /etc/sysctl.d/90-nat.conf

# No address is bound to a name of a device: masquerade on whatever carries the default route. The ports are those
# that the network ACLs let answers back to. ICMP has none; without it no sender learns of a smaller packet size.
device=$(ip -4 route show default | awk '{ print $5; exit }')
cat > /etc/sysconfig/nftables.conf <<RULES
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "$device" meta l4proto { tcp, udp } masquerade to :32768-65535
    oifname "$device" masquerade
  }
}
RULES
systemctl enable --now nftables
