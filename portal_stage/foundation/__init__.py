"""The yearly tier: key, network, security groups."""
