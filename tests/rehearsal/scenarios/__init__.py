"""What operators live through, on somebody else's small pipeline: the real CDK CLI, pushes, approvals, kill -9."""
