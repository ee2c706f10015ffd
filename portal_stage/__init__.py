"""What is delivered: one environment of the customer portal as three CloudFormation stacks."""
