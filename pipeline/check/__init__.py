"""What a deployment of one environment would change, and whether AWS would refuse it: asked before every deployment."""
