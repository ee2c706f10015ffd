"""The yearly tier: key, alarm topic, network, security groups."""
