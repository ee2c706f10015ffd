"""Asks a real account, before the first deployment, for what no synthesis and no rehearsal can tell: `make preflight`.

It only reads. An operator runs it, never the pipeline, so it may lean on the rehearsal's table of quotas.
"""
